#include "profile/profile_file.h"

#include <gtest/gtest.h>

#include "profile/read_profile.h"

namespace rapidbyte::profile {
namespace {

Profile Everything() {
  Profile profile;
  StackTable& table = profile.stacks;
  const FrameId main = table.Intern(Frame{.name = table.Intern("main"), .image = table.Intern("prog")});
  const FrameId read = table.Intern(Frame{.name = table.Intern("read \"quoted\"\n"),
                                          .file = table.Intern("io.cpp"),
                                          .line = 4'000'000'000u,
                                          .origin = Origin::kKernel,
                                          .inlined = true});
  const StackId stack = table.Push(table.Push(kRoot, main), read);
  profile.threads = {{1, 2, "näme", "prog", -5, INT64_MAX, 3, 4, INT64_MIN}, {-1, 7, "", "", 0, 0, 0, 0, 0}};
  profile.samples = {{INT64_MAX, 0, stack, State::kBlocked, UINT32_MAX, 0.1},
                     {kNoTime, 1, kRoot, State::kRunning, 1, 1e300}};
  profile.unit = Unit::kSamples;
  profile.event = "cpu-clock";
  profile.frequency_hz = 499.5;
  profile.start_ns = 12;
  profile.duration_ns = 13;
  profile.lost_records = 1;
  profile.records = 9'007'199'254'740'993;  // no double holds it
  profile.truncated = 2;
  profile.command = "./prog";
  profile.commit = "abc";
  profile.missing = {"no kernel side", "no switches"};
  return profile;
}

TEST(ProfileFileTest, NothingIsLost) {
  const std::string text = WriteProfile(Everything());
  const auto read = ReadProfileFile(text, "p.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(WriteProfile(*read), text);
  EXPECT_EQ(read->records, 9'007'199'254'740'993u);
  EXPECT_EQ(read->threads[0].end_ns, INT64_MAX);
  EXPECT_EQ(read->threads[0].preempted_ns, INT64_MIN);
  EXPECT_EQ(read->samples[0].value, 0.1);
  EXPECT_EQ(read->samples[0].state, State::kBlocked);
  EXPECT_EQ(read->missing.size(), 2u);
  const Frame& frame = read->stacks.At(read->stacks.Leaf(read->samples[0].stack));
  EXPECT_EQ(read->stacks.Text(frame.name), "read \"quoted\"\n");
  EXPECT_EQ(frame.line, 4'000'000'000u);
  EXPECT_TRUE(frame.inlined);
}

TEST(ProfileFileTest, AnEmptyProfileIsAProfile) {
  const auto read = ReadProfile(WriteProfile(Profile()), "p.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->samples.empty());
  EXPECT_EQ(read->stacks.stack_count(), 1u);
}

TEST(ProfileFileTest, NamesThatAreNoTextGetReplaced) {
  Profile profile;
  profile.command = "a\xff";
  const auto read = ReadProfileFile(WriteProfile(profile), "p.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->command, "a\xef\xbf\xbd");
}

std::string ProblemOf(std::string text) {
  const auto read = ReadProfileFile(text, "p.json");
  if (read) return "none";
  EXPECT_EQ(read.error().code, ErrorCode::kData);
  return read.error().message;
}

std::string Changed(const std::string& from, const std::string& to) {
  std::string text = WriteProfile(Everything());
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ProfileFileTest, UnknownKeysArePassedOver) {
  EXPECT_EQ(ProblemOf(Changed("\"version\"", "\"later\": {\"a\": [[1], {\"unit\": 2}, null]}, \"version\"")), "none");
}

TEST(ProfileFileTest, BadFilesAreRefused) {
  const std::string whole = WriteProfile(Everything());
  EXPECT_EQ(ProblemOf(whole.substr(0, whole.size() / 2)).substr(0, 7), "p.json:");
  EXPECT_EQ(ProblemOf("{\n\"format\" 1"), "p.json:2: this is no JSON, or the file ends too early");
  EXPECT_EQ(ProblemOf("{}"), "p.json: no profile of Rapidbyte: \"format\" is not \"rapidbyte-profile\"");
  EXPECT_EQ(ProblemOf("[1]"), "p.json: a profile cannot be a list");
  EXPECT_EQ(ProblemOf("7"), "p.json: a profile cannot be a number");
  EXPECT_EQ(ProblemOf(std::string(100'000, '[')), "p.json: a profile cannot be a list");
  EXPECT_EQ(ProblemOf("{\"a\":" + std::string(100'000, '[')), "p.json: a cannot be lists this deep in each other");
  EXPECT_EQ(ProblemOf(Changed("\"version\": 1", "\"version\": 2")),
            "p.json: version 2 of the format; this program reads version 1");
  EXPECT_EQ(ProblemOf(Changed("\"parent\": [0,1]", "\"parent\": [0,2]")),
            "p.json: stacks.parent[1] is 2, which is no stack before it");
  EXPECT_EQ(ProblemOf(Changed("\"parent\": [0,1]", "\"parent\": [0]")),
            "p.json: the columns of stacks differ in length");
  EXPECT_EQ(ProblemOf(Changed("\"thread\": [0,1]", "\"thread\": [0,2]")),
            "p.json: samples.thread[1] is 2, which is not from 0 to below 2");
  EXPECT_EQ(ProblemOf(Changed("\"value\": [0.1", "\"value\": [-0.1")),
            "p.json: samples.value[0] is -0.1, which is negative");
  EXPECT_EQ(ProblemOf(Changed("\"value\": [0.1", "\"value\": [\"0.1\"")), "p.json: samples.value cannot be a text");
  EXPECT_EQ(ProblemOf(Changed("\"count\": [", "\"count\": [0.5,")),
            "p.json: samples.count cannot be a number with a fraction, or one too large");
}

TEST(ReadProfileTest, FindsOutWhatATextIs) {
  EXPECT_EQ(ReadProfile("main;work 3\n", "a")->samples.size(), 1u);
  EXPECT_EQ(ReadProfile("\n " + WriteProfile(Everything()), "a")->samples.size(), 2u);
  EXPECT_EQ(ReadProfile(" \n", "a.txt").error().message, "a.txt: empty");
}

}  // namespace
}  // namespace rapidbyte::profile
