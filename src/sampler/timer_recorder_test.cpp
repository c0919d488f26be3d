#include "sampler/timer_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "os/temporary_folder.h"
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

TEST(TimersTest, TheProgramEndsWithAKilledRecorder) {
  const os::TemporaryFolder folder = *os::TemporaryFolder::Make();
  const std::string file = folder.path() / "pid";
  const pid_t recorder = fork();
  if (recorder == 0) {
    setenv("TMPDIR", folder.path().c_str(), 1);  // what is killed leaves its folder
    RecordOptions options;
    options.method = Method::kTimers;
    options.argv = {"sh", "-c", "echo $$ > " + file + ".new; mv " + file + ".new " + file + "; exec sleep 600"};
    static_cast<void>(Record(options));
    _exit(0);
  }
  pid_t program = 0;
  for (int i = 0; i < 1000 && program == 0; ++i) {
    usleep(10'000);
    std::ifstream(file) >> program;
  }
  ASSERT_GT(program, 0);
  kill(recorder, SIGKILL);
  waitpid(recorder, nullptr, 0);
  bool has_ended = false;
  for (int i = 0; i < 500 && !has_ended; ++i) {
    usleep(10'000);
    has_ended = kill(program, 0) != 0;
  }
  EXPECT_TRUE(has_ended);
}

// The program can write to the memory that it shares with the recorder.
class ScribblingTarget : public testing::TestWithParam<const char*> {};

TEST_P(ScribblingTarget, HarmsItsOwnProfileOnly) {
  RecordOptions options;
  options.frequency_hz = 999;
  options.argv = {"sh", "-c",
                  std::string("ring=$RAPIDBYTE_TIMER_RING; unset LD_PRELOAD; ") + GetParam() +
                      "; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"};
  const Recording recording = ByTimers(options);
  EXPECT_TRUE(recording.exit_code.has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Deeds, ScribblingTarget,
    testing::Values("head -c 40000000 /dev/urandom | dd of=$ring conv=notrunc bs=1M 2>/dev/null",
                    "head -c 40000000 /dev/zero | tr '\\0' '\\1' | dd of=$ring conv=notrunc bs=1M 2>/dev/null",
                    "truncate -s 0 $ring", "truncate -s 1000000000000 $ring", "rm -f $ring",
                    // In place of the maps that the agent has saved.
                    "for map in $ring.*; do rm $map; mkfifo $map; done",
                    "for map in $ring.*; do truncate -s 1000000000000 $map; done",
                    "for map in $ring.*; do ln -sf /dev/zero $map; done"),
    [](const auto& deed) { return "deed_" + std::to_string(deed.index); });

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
