#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string_view>

#include "profile/export/export.h"
#include "profile/export/test_profiles.h"

namespace rapidbyte::profile {
namespace {

using nlohmann::json;

json Exported(const Profile& profile) { return json::parse(Export(profile, ExportFormat::kChrome)); }

// "B main 1000000" for each event of a thread, in microseconds.
std::vector<std::string> EventsOf(const json& file, int tid) {
  std::vector<std::string> events;
  for (const json& event : file["traceEvents"]) {
    if (event["tid"] != tid || event["ph"] == "M") continue;
    const std::string name = event["ph"] == "B" ? std::string(event["name"]) + " " : "";
    events.push_back(std::string(event["ph"]) + " " + name + event["ts"].dump());
  }
  return events;
}

TEST(ChromeTest, WhatSamplesShareIsOneSpan) {
  EXPECT_EQ(EventsOf(Exported(MakeProfile()), 100), (std::vector<std::string>{"B main 1000000",
                                                                              "B decode(char const*) 1000000",
                                                                              "B number<int> 1000000",  //
                                                                              "E 1001000",
                                                                              "B [blocked] 1002100",
                                                                              "E 1017100",  //
                                                                              "E 1017100",
                                                                              "B memcpy 1017100",
                                                                              "B page_fault 1017100",  //
                                                                              "E 1018100",
                                                                              "E 1018100",  //
                                                                              "B decode(char const*) 1018100",
                                                                              "B number<int> 1018100",  //
                                                                              "E 1019000",
                                                                              "E 1019000",  //
                                                                              "B memcpy 1019000.5",
                                                                              "B page_fault 1019000.5",  //
                                                                              "B [preempted] 1019000.5",
                                                                              "E 1020000.499",  //
                                                                              "E 1020000.499",
                                                                              "E 1020000.499",
                                                                              "E 1020000.499"}));
}

// Every reader's rule: the events of a track in order of time, as many ends as begins.
TEST(ChromeTest, SpansNest) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    std::map<std::pair<int, int>, std::vector<std::string>> open;
    std::map<std::pair<int, int>, double> now;
    const json file = Exported(MakeRandom(seed));
    for (const json& event : file["traceEvents"]) {
      if (event["ph"] == "M") continue;
      const std::pair<int, int> track(event["pid"], event["tid"]);
      EXPECT_GE(double(event["ts"]), now[track]);
      now[track] = event["ts"];
      if (event["ph"] == "B") {
        open[track].push_back(event["name"]);
      } else {
        ASSERT_FALSE(open[track].empty());
        open[track].pop_back();
      }
    }
    for (const auto& [track, names] : open) EXPECT_TRUE(names.empty());
  }
}

TEST(ChromeTest, AGapLongerThanTheIntervalEndsASpan) {
  Profile profile = MakeProfile();
  profile.samples.resize(3);
  profile.samples[2].time_ns += 5'000'000;
  profile.samples[2].stack = profile.samples[0].stack;
  const std::vector<std::string> events = EventsOf(Exported(profile), 100);
  EXPECT_EQ(std::count(events.begin(), events.end(), "E 1001000"), 3);
  EXPECT_EQ(std::count(events.begin(), events.end(), "B main 1006000"), 1);
}

TEST(ChromeTest, ThreadsHaveNamesAndATrackEach) {
  Profile profile = MakeProfile();
  profile.threads.push_back(profile.threads[0]);
  profile.threads.resize(5);
  std::set<std::pair<int, int>> tracks;
  std::vector<std::string> names;
  const json file = Exported(profile);
  for (const json& event : file["traceEvents"]) {
    if (event.value("name", "") != "thread_name") continue;
    EXPECT_GT(int(event["tid"]), 0);
    tracks.emplace(event["pid"], event["tid"]);
    names.push_back(event["args"]["name"]);
  }
  EXPECT_EQ(tracks.size(), 5u);
  EXPECT_EQ(names, (std::vector<std::string>{"main", "source", "main", "thread 4", "thread 5"}));
}

TEST(ChromeTest, SumsSayThatTheAxisIsNoClock) {
  const json file = Exported(MakeSums());
  EXPECT_TRUE(file["otherData"].contains("axis"));
  EXPECT_FALSE(Exported(MakeProfile())["otherData"].contains("axis"));
  EXPECT_EQ(EventsOf(file, 1), (std::vector<std::string>{"B a 0", "B b 0", "E 3000", "B c 3000", "E 7000", "E 9000"}))
      << "a sample is drawn as one interval, here 1 ms";
}

TEST(ChromeTest, SamplesKeepTheirValues) {
  const json file = Exported(MakeProfile());
  ASSERT_EQ(file["samples"].size(), 7u);
  EXPECT_EQ(
      file["samples"][5],
      json({{"pid", 100}, {"tid", 100}, {"ts", 1019000.5}, {"name", "preempted"}, {"sf", 5}, {"weight", 999'999}}));
  EXPECT_EQ(file["stackFrames"]["5"], json({{"name", "page_fault"}, {"category", "[kernel.kallsyms]"}, {"parent", 4}}));
  EXPECT_EQ(file["otherData"]["note 1"], "Command: rapidbyte run \"a.yaml\"");
}

size_t CountOf(std::string_view what, std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// Eight stacks of 25 frames that share nothing, in no order: sample by sample they would be 1.1 million spans.
TEST(ChromeTest, TooManySpansAreDrawnInSteps) {
  Profile profile;
  profile.frequency_hz = 1000;
  profile.threads.resize(1);
  StackId stacks[8] = {};
  for (int i = 0; i < 200; ++i) {
    const StringId name = profile.stacks.Intern("f" + std::to_string(i));
    stacks[i % 8] = profile.stacks.Push(stacks[i % 8], profile.stacks.Intern(Frame{.name = name}));
  }
  std::mt19937 random(1);
  for (int64_t i = 1; i <= 50'000; ++i) {
    profile.samples.push_back({i * 1'000'000, 0, stacks[random() % 8], State::kRunning, 1, 1e6});
  }
  const std::string all = Export(profile, ExportFormat::kChrome);
  const size_t begins = CountOf("\"ph\":\"B\"", all);
  EXPECT_LE(begins, 1'000'000u);
  EXPECT_GT(begins, 400'000u) << "no coarser than it takes";
  EXPECT_EQ(CountOf("\"ph\":\"E\"", all), begins);
  EXPECT_EQ(CountOf("\"weight\"", all), profile.samples.size());
  EXPECT_EQ(CountOf("\"spans\":\"There are too many", all), 1u);

  profile.samples.resize(44'000);
  const std::string fewer = Export(profile, ExportFormat::kChrome);
  EXPECT_GT(CountOf("\"ph\":\"B\"", fewer), 900'000u);
  EXPECT_EQ(CountOf("\"spans\"", fewer), 0u);
}

}  // namespace
}  // namespace rapidbyte::profile
