// Profiles for the tests of exports, and what each function must come to in all of them.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

struct TestFrame {
  std::string name;
  std::string image;
  std::string file;
  uint32_t line = 0;
  Origin origin = Origin::kProgram;
  bool inlined = false;
};

inline StackId PushStack(StackTable& stacks, const std::vector<TestFrame>& frames) {
  StackId id = kRoot;
  for (const TestFrame& f : frames) {
    id = stacks.Push(id, stacks.Intern(Frame{stacks.Intern(f.name), stacks.Intern(f.image), stacks.Intern(f.file),
                                             f.line, f.origin, f.inlined}));
  }
  return id;
}

// Two threads; on the CPU, in the kernel, in a connector with a function that was inlined, and waiting.
inline Profile MakeProfile() {
  Profile profile;
  profile.event = "cpu-clock";
  profile.frequency_hz = 1000;
  profile.start_ns = 1'000'000'000;
  profile.duration_ns = 20'000'000;
  profile.records = 6;
  profile.lost_records = 1'234;
  profile.truncated = 2;
  profile.command = "rapidbyte run \"a.yaml\"";
  profile.missing = {"The kernel side was not permitted (perf_event_paranoid is 2)."};
  profile.threads = {{100, 100, "main", "rapidbyte", 1'000'000'000, 1'020'000'000, 4'000'000, 15'000'000, 1'000'000},
                     {100, 101, "source", "rapidbyte"}};
  StackTable& stacks = profile.stacks;
  const TestFrame main{"main", "rapidbyte", "main.cpp", 100};
  const TestFrame decode{"decode(char const*)", "source.so", "decode.cpp", 20, Origin::kConnector};
  const TestFrame number{"number<int>", "source.so", "number.h", 7, Origin::kConnector, true};
  const TestFrame copy{"memcpy", "/lib/libc.so.6", "", 0, Origin::kLibrary};
  const TestFrame page_fault{"page_fault", "[kernel.kallsyms]", "", 0, Origin::kKernel};
  const StackId a = PushStack(stacks, {main, decode, number});
  const StackId b = PushStack(stacks, {main, decode});
  const StackId c = PushStack(stacks, {main, copy, page_fault});
  const StackId d = PushStack(stacks, {main, decode, number, copy});
  profile.samples = {
      {1'001'000'000, 0, a, State::kRunning, 1, 1e6},       {1'001'500'000, 1, d, State::kRunning, 1, 1e6},
      {1'002'000'000, 0, b, State::kRunning, 1, 1e6},       {1'002'100'000, 0, b, State::kBlocked, 1, 15e6},
      {1'018'100'000, 0, c, State::kRunning, 1, 1e6},       {1'019'000'000, 0, a, State::kRunning, 1, 1e6},
      {1'019'000'500, 0, c, State::kPreempted, 1, 1e6 - 1},
  };
  return profile;
}

// Sums of folded text: no time, no thread, samples for a unit.
inline Profile MakeSums() {
  Profile profile;
  profile.unit = Unit::kSamples;
  profile.threads = {{}};
  profile.samples = {{kNoTime, 0, PushStack(profile.stacks, {{"a"}, {"b"}}), State::kRunning, 1, 3},
                     {kNoTime, 0, PushStack(profile.stacks, {{"a"}, {"c"}}), State::kRunning, 1, 4},
                     {kNoTime, 0, PushStack(profile.stacks, {{"a"}}), State::kRunning, 1, 2}};
  return profile;
}

// Names that are no UTF-8, end lines, quote and close things, and are longer than a buffer; hostile numbers, too.
inline Profile MakeHostile() {
  Profile profile;
  profile.event = "\xff\n\"";
  profile.command = "</script>\\\x01";
  profile.missing = {std::string("nul\0inside", 10), "\xed\xa0\x80 a surrogate"};
  profile.threads = {{-1, -1, "\xc3(", "\xf0\x9f"}, {0, 0, "\"],[\"", "\t"}, {0, 0, "", ""}};
  const std::string longest(100'000, 'x');
  uint32_t thread = 0;
  for (const std::string& name : {std::string("\xff\xfe"), std::string("a\0b", 3), std::string("q\"'\\;\n\r\t\x1b[31m"),
                                  std::string("größe 🐘 \xe2\x80\xae"), longest}) {
    const StackId stack = PushStack(profile.stacks, {{name, name, name, UINT32_MAX, Origin::kUnknown, true}, {name}});
    profile.samples.push_back({INT64_MAX - 1, thread, stack, State(thread % kStateCount), 1, 1e300});
    profile.samples.push_back({INT64_MAX, thread, kRoot, State::kRunning, UINT32_MAX, 0});
    thread = (thread + 1) % 3;
  }
  return profile;
}

inline Profile MakeRandom(uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t bound) { return static_cast<uint32_t>(random() % bound); };
  Profile profile;
  profile.unit = below(3) == 0 ? Unit::kSamples : Unit::kNanoseconds;
  profile.frequency_hz = below(2) * 499;
  for (uint32_t i = 0; i < 1 + below(5); ++i) {
    profile.threads.push_back({int32_t(below(3)), int32_t(below(4)), i % 2 == 0 ? "" : "worker"});
  }
  std::vector<StackId> stacks;
  for (uint32_t i = 0; i < 30; ++i) {
    std::vector<TestFrame> frames;
    for (uint32_t depth = 1 + below(8); depth > 0; --depth) {
      const uint32_t f = below(12);  // few names: recursion, and one name in several images
      frames.push_back({"f" + std::to_string(f), below(4) == 0 ? "" : "lib" + std::to_string(below(3)),
                        f % 2 == 0 ? "" : "file" + std::to_string(below(2)), below(3), Origin(below(kOriginCount)),
                        below(3) == 0});
    }
    stacks.push_back(PushStack(profile.stacks, frames));
  }
  const bool timed = below(4) != 0;
  int64_t now = below(1'000'000'000);
  for (uint32_t i = 0; i < 300; ++i) {
    now += below(3'000'000);
    const bool off_cpu = below(4) == 0;
    profile.samples.push_back({timed ? now : kNoTime, below(uint32_t(profile.threads.size())), stacks[below(30)],
                               off_cpu ? State(1 + below(2)) : State::kRunning, 1 + below(3),
                               double(below(profile.unit == Unit::kSamples ? 100 : 5'000'000))});
  }
  return profile;
}

using Totals = std::map<std::string, double>;

// Everything that was spent in a function or in what it called, by the function's name; in one state where one is
// given.
inline Totals TotalsOf(const Profile& profile, std::optional<State> state = std::nullopt) {
  Totals totals;
  for (const Sample& sample : profile.samples) {
    if (state && sample.state != *state) continue;
    std::set<std::string> names;  // a function that calls itself counts once
    for (const FrameId frame : profile.stacks.Path(sample.stack)) names.emplace(profile.stacks.Name(frame));
    for (const std::string& name : names) totals[name] += sample.value;
  }
  return totals;
}

}  // namespace rapidbyte::profile
