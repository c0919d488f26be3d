// For tests: a small profile of two threads, with every origin and state.
#pragma once

#include <string>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::report {

struct TestFrame {
  std::string name;
  profile::Origin origin = profile::Origin::kProgram;
  std::string image = {}, file = {};
  uint32_t line = 0;
  bool inlined = false;
};

inline profile::StackId AddStack(profile::StackTable& stacks, const std::vector<TestFrame>& path) {
  profile::StackId stack = profile::kRoot;
  for (const TestFrame& test : path) {
    profile::Frame frame;
    frame.name = stacks.Intern(test.name);
    frame.image = stacks.Intern(test.image);
    frame.file = stacks.Intern(test.file);
    frame.line = test.line;
    frame.origin = test.origin;
    frame.inlined = test.inlined;
    stack = stacks.Push(stack, stacks.Intern(frame));
  }
  return stack;
}

inline void AddSample(profile::Profile& profile, const std::vector<TestFrame>& path, double value,
                      profile::State state = profile::State::kRunning, uint32_t thread = 0, uint32_t count = 1) {
  profile::Sample sample;
  sample.stack = AddStack(profile.stacks, path);
  sample.value = value;
  sample.state = state;
  sample.thread = thread;
  sample.count = count;
  profile.samples.push_back(sample);
}

// On the CPU for so many ms, one sample each.
inline void AddMillis(profile::Profile& profile, const std::vector<TestFrame>& path, int millis) {
  AddSample(profile, path, millis * 1e6, profile::State::kRunning, 0, static_cast<uint32_t>(millis));
}

inline profile::Profile TestProfile() {
  using profile::Origin;
  using profile::State;
  profile::Profile profile;
  profile.event = "cpu-clock";
  profile.frequency_hz = 499;
  profile.command = "rapidbyte run \"copy & verify.yaml\"";
  profile.commit = "0123456789abcdef0123456789abcdef01234567";
  profile.duration_ns = 2'500'000'000;
  profile.records = 1000;
  profile.lost_records = 3;
  profile.missing = {"kernel frames: an ordinary user may not see them (perf_event_paranoid is 2)"};
  for (const char* name : {"source", "destination"}) {
    profile::Thread thread;
    thread.name = name;
    thread.tid = 100 + static_cast<int32_t>(profile.threads.size());
    profile.threads.push_back(thread);
  }
  const TestFrame main{"main", Origin::kProgram, "rapidbyte", "main.cpp", 30};
  const TestFrame stage{"rapidbyte::engine::Stage::Run()", Origin::kProgram, "rapidbyte", "stage.cpp", 44};
  const TestFrame decode{"DecodeRow", Origin::kConnector, "source_postgres.so", "copy_decoder.cpp", 12};
  const TestFrame integer{"DecodeInteger<long>", Origin::kConnector, "source_postgres.so", "codec.cpp", 7, true};
  const TestFrame compress{"LZ4_compress_fast", Origin::kLibrary, "liblz4.so.1"};
  const TestFrame read{"do_syscall_64", Origin::kKernel, "[kernel]"};
  const TestFrame jitted{"lambda \"x\"", Origin::kJit};
  const TestFrame backend{"CopyOneRowTo", Origin::kPostgres, "postgres"};
  AddSample(profile, {main, stage, decode, integer}, 400e6, State::kRunning, 0, 200);
  AddSample(profile, {main, stage, decode}, 200e6, State::kRunning, 0, 100);
  AddSample(profile, {main, stage, compress}, 300e6, State::kRunning, 1, 150);
  AddSample(profile, {main, stage, read}, 100e6, State::kRunning, 1, 50);
  AddSample(profile, {main, stage, read}, 700e6, State::kBlocked, 1, 40);
  AddSample(profile, {main, stage, decode}, 50e6, State::kPreempted, 0, 9);
  AddSample(profile, {main, jitted}, 20e6, State::kRunning, 0, 10);
  AddSample(profile, {backend}, 150e6, State::kRunning, 1, 75);
  AddSample(profile, {{"[unknown]", Origin::kUnknown}}, 10e6, State::kRunning, 1, 5);
  return profile;
}

}  // namespace rapidbyte::report
