// What tests of recordings record. Any thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sampler/perf_session.h"
#include "sampler/record.h"

namespace rapidbyte::sampler {

inline RecordOptions Target(std::vector<std::string> arguments) {
  RecordOptions options;
  options.argv = {SAMPLER_TARGET};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.frequency_hz = 999;
  return options;
}

inline Recording Recorded(const RecordOptions& options) {
  auto recording = Record(options);
  EXPECT_TRUE(recording) << recording.error().message;
  return recording ? std::move(*recording) : Recording{};
}

class RecordTest : public testing::Test {
 protected:
  void SetUp() override {
    const Permission permission = AskKernel();
    if (!permission.events) GTEST_SKIP() << "the kernel refuses perf_event_open";
    if (!permission.kernel) GTEST_SKIP() << "the kernel's side may not be sampled (perf_event_paranoid)";
  }
};

}  // namespace rapidbyte::sampler
