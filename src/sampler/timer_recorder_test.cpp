#include "sampler/timer_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "sampler/test_profile.h"
#include "sampler/test_record.h"

namespace rapidbyte::sampler {
namespace {

using profile::State;
using testing::HasSubstr;

Recording ByTimers(RecordOptions options) {
  options.method = Method::kTimers;
  return Recorded(options);
}

constexpr const char* kTooBusy = "so busy a machine that the ticks of its clock hardly meet the program";

// What a container that forbids perf_event_open leaves.
TEST(TimersTest, NameWhatRanAndSayWhatIsMissing) {
  const Recording recording = ByTimers(Target({"states"}));
  const profile::Profile& profile = recording.profile;
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_EQ(profile.event, "cpu-time timer");
  EXPECT_THAT(profile.missing, testing::Contains(HasSubstr("CPU time")));
  if (profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::FramelessLeaf"), 0.9);
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::InlinedMiddle"), 0.9);
  // Two threads burnt 0.4 s each, whatever the ticks of the machine's clock.
  EXPECT_NEAR(ValueIn(profile, State::kRunning), 0.8e9, 0.1e9);
  EXPECT_GE(profile.threads.size(), 2u);
}

TEST(TimersTest, LeaveTheSignalsOfProgramsAlone) {
  const Recording recording = ByTimers(Target({"own-sigprof"}));
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_THAT(recording.profile.missing, testing::Not(testing::Contains(HasSubstr("signal"))));
  if (recording.profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_NEAR(ValueIn(recording.profile, State::kRunning, "work::OwnProfilingSignal"), 0.6e9, 0.1e9);
}

TEST(TimersTest, OutliveThatAllSignalsGetTheirDefaultAction) {
  const Recording recording = ByTimers(Target({"default-signals"}));
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_THAT(recording.profile.missing, testing::Not(testing::Contains(HasSubstr("signal"))));
  if (recording.profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "work::DefaultSignals"), 0.9);
}

TEST(TimersTest, SayThatAProgramTookTheirSignal) {
  const Recording recording = ByTimers(Target({"own-signals"}));
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_THAT(recording.profile.missing, testing::Contains(HasSubstr("acts on the signal of the sampling timers")));
}

TEST(TimersTest, AskedForDoNotBlameTheKernel) {
  RecordOptions options = Target({"exit", "0"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_THAT(recording->profile.missing, testing::Not(testing::Contains(HasSubstr("refuses"))));
  options.on_cpu = false;
  EXPECT_THAT(Record(options).error().message, testing::Not(HasSubstr("refuses")));
  options.argv.clear();
  options.pid = getpid();
  EXPECT_THAT(Record(options).error().message, testing::Not(HasSubstr("refuses")));
}

TEST(TimersTest, SayHowMuchShortThreadsTookUnseen) {
  const Recording recording = ByTimers(Target({"threads", "100"}));
  const profile::Profile& profile = recording.profile;
  EXPECT_THAT(profile.missing, testing::Contains(HasSubstr("of CPU time have no samples")));
  for (const profile::Sample& sample : profile.samples) {
    EXPECT_EQ(sample.value, std::round(sample.value));
    for (const profile::FrameId frame : profile.stacks.Path(sample.stack)) {
      EXPECT_NE(profile.stacks.Text(profile.stacks.At(frame).image), "libagent.so");
    }
  }
}

TEST(TimersTest, WhatWasBeforeExecIsTheFirstProgramsTime) {
  const Recording recording = ByTimers(Target({"exec", "0.3"}));
  const profile::Profile& profile = recording.profile;
  if (profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_EQ(profile.threads.at(0).process, "sampler_target");
  EXPECT_NEAR(ValueIn(profile, State::kRunning, "work::Burn"), 0.3e9, 0.05e9);
}

TEST(TimersTest, FollowForks) {
  const Recording recording = ByTimers(Target({"forks"}));
  if (recording.profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "work::ChildWork"), 0);
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "work::GrandchildWork"), 0);
}

// Closed again before the program ends, so that its maps have to be looked at while it runs.
TEST(TimersTest, NameWhatLibrariesDoThatAreOpenedLater) {
  RecordOptions options;
  options.argv = {SAMPLER_PLUGIN_HOST, SAMPLER_PLUGIN};
  const Recording recording = ByTimers(options);
  EXPECT_EQ(recording.exit_code, 0);
  if (recording.profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "work::PluginLeaf"), 0.9);
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "main"), 0.9);
}

TEST(TimersTest, StaticProgramsHaveNoSamplesAndThatIsSaid) {
  RecordOptions options;
  options.argv = {SAMPLER_TARGET_STATIC, "burn", "0.05"};
  const Recording recording = ByTimers(options);
  EXPECT_TRUE(recording.profile.samples.empty());
  EXPECT_THAT(recording.profile.missing, testing::Contains(HasSubstr("statically linked")));
}

}  // namespace
}  // namespace rapidbyte::sampler
