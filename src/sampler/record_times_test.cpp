#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

#include "sampler/assembler.h"
#include "sampler/test_profile.h"
#include "sampler/test_record.h"

namespace rapidbyte::sampler {
namespace {

using profile::State;
using testing::HasSubstr;

TEST_F(RecordTest, BlockedTimeGoesToTheFunctionThatWaits) {
  const Recording recording = Recorded(Target({"states"}));
  const profile::Profile& profile = recording.profile;
  EXPECT_GT(ValueIn(profile, State::kBlocked, "work::WaitInSleep"), 0.9e9);  // 0.5 s and 0.6 s, each at least
  EXPECT_GT(ValueIn(profile, State::kBlocked, "work::WaitForLock"), 0.4e9);
  EXPECT_GT(ValueIn(profile, State::kPreempted, "work::Burn"), 0.1e9);
  EXPECT_EQ(ValueIn(profile, State::kBlocked, "work::FramelessLeaf"), 0);
}

TEST_F(RecordTest, RunningBlockedAndPreemptedAddUpToEachThreadsLife) {
  std::array<int, 2> output{};
  ASSERT_EQ(pipe(output.data()), 0);
  RecordOptions options = Target({"states"});
  options.output = output[1];
  const Recording recording = Recorded(options);
  close(output[1]);
  std::string text(4096, '\0');
  text.resize(static_cast<size_t>(std::max<ssize_t>(0, read(output[0], text.data(), text.size()))));
  close(output[0]);

  std::map<int32_t, uint64_t> cpu_nanos;  // as the threads measured it themselves
  std::istringstream lines(text);
  std::string name;
  int32_t tid = 0;
  for (uint64_t nanos = 0; lines >> name >> tid >> nanos;) cpu_nanos[tid] = nanos;
  ASSERT_EQ(cpu_nanos.size(), 4u) << text;
  EXPECT_EQ(recording.profile.lost_records, 0u);
  for (const profile::Thread& thread : recording.profile.threads) {
    const int64_t life = thread.end_ns - thread.start_ns;
    const int64_t sum = thread.running_ns + thread.blocked_ns + thread.preempted_ns;
    EXPECT_NEAR(static_cast<double>(sum), static_cast<double>(life), 0.01 * static_cast<double>(life)) << thread.tid;
    if (!cpu_nanos.contains(thread.tid)) continue;
    const auto measured = static_cast<double>(cpu_nanos[thread.tid]);
    EXPECT_NEAR(static_cast<double>(thread.running_ns), measured, 0.05 * measured + 3e6) << thread.tid;
    cpu_nanos.erase(thread.tid);
  }
  EXPECT_TRUE(cpu_nanos.empty());
}

// What a picture shows of a thread's waits is what the summary says of them.
void ExpectWholeWaits(const profile::Profile& profile) {
  std::map<std::pair<uint32_t, State>, double> sums;
  for (const profile::Sample& sample : profile.samples) sums[{sample.thread, sample.state}] += sample.value;
  for (uint32_t i = 0; i < profile.threads.size(); ++i) {
    const auto blocked = static_cast<double>(profile.threads[i].blocked_ns);
    const auto preempted = static_cast<double>(profile.threads[i].preempted_ns);
    EXPECT_NEAR((sums[{i, State::kBlocked}]), blocked, 0.01 * blocked) << profile.threads[i].tid;
    EXPECT_NEAR((sums[{i, State::kPreempted}]), preempted, 0.01 * preempted) << profile.threads[i].tid;
  }
}

TEST_F(RecordTest, SamplesAddUpToTheTimesOfThreads) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"states"}, {"forks"}, {"threads", "100"}}) {
    const profile::Profile profile = Recorded(Target(arguments)).profile;
    ExpectWholeWaits(profile);
    EXPECT_TRUE(arguments[0] != "threads" || ValueIn(profile, State::kPreempted, kNotStartedName) > 0);
  }
}

TEST_F(RecordTest, ThreadsThatWaitAllTheTimeAreSeenWhereTheyWait) {
  RecordOptions options;
  const pid_t child = fork();
  if (child == 0) {
    execl(SAMPLER_TARGET, SAMPLER_TARGET, "hang", "100", nullptr);
    _exit(127);
  }
  usleep(200'000);
  options.pid = child;
  options.duration_ns = 300'000'000;
  const profile::Profile profile = Recorded(options).profile;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_EQ(profile.threads.size(), 2u);
  ExpectWholeWaits(profile);
  EXPECT_GT(ValueIn(profile, State::kBlocked, "work::WaitInSleep"), 0.25e9);
  EXPECT_GT(ValueIn(profile, State::kBlocked, "work::WaitForLock"), 0.25e9);
  EXPECT_GT(ShareOf(profile, State::kBlocked, "main"), 0.4);
}

TEST_F(RecordTest, WhatWasBeforeExecIsTheFirstProgramsTime) {
  const profile::Profile profile = Recorded(Target({"exec", "0.2"})).profile;
  ASSERT_EQ(profile.threads.size(), 2u);
  EXPECT_EQ(profile.threads[0].process, "sampler_target");
  EXPECT_EQ(profile.threads[1].process, "sleep");
  EXPECT_GT(profile.threads[0].running_ns, 150'000'000);
  EXPECT_GE(profile.threads[1].blocked_ns, 9'000'000);
  for (const profile::Sample& sample : profile.samples) {
    EXPECT_TRUE(sample.thread == 0 || !StackHas(profile, sample.stack, "work::Burn"));
  }
  for (const profile::Thread& thread : profile.threads) {
    const int64_t life = thread.end_ns - thread.start_ns;
    EXPECT_NEAR(static_cast<double>(thread.running_ns + thread.blocked_ns + thread.preempted_ns),
                static_cast<double>(life), 0.01 * static_cast<double>(life));
  }
}

TEST_F(RecordTest, ThinsManySwitchesAndKeepsTheirTime) {
  rusage before{}, after{};
  getrusage(RUSAGE_CHILDREN, &before);
  const Recording recording = Recorded(Target({"switches", "60000"}));
  const profile::Profile& profile = recording.profile;
  double blocked = 0;
  getrusage(RUSAGE_CHILDREN, &after);
  const auto switches = static_cast<double>(after.ru_nvcsw - before.ru_nvcsw + after.ru_nivcsw - before.ru_nivcsw);
  uint32_t most = 0;
  double counted = 0;
  for (const profile::Thread& thread : profile.threads) blocked += static_cast<double>(thread.blocked_ns);
  for (const profile::Sample& sample : profile.samples) {
    most = std::max(most, sample.count);
    if (sample.state != State::kRunning) counted += sample.count;
  }
  if (most == 1) GTEST_SKIP() << "this machine switches less than ten thousand times a second";
  EXPECT_NEAR(counted, switches, 0.2 * switches);
  EXPECT_NEAR(ValueIn(profile, State::kBlocked), blocked, 0.02 * blocked);
  EXPECT_GT(ShareOf(profile, State::kBlocked, "work::Switches"), 0.8);
}

// Run by root, the test runs itself once more as nobody.
TEST(OrdinaryUserTest, GetsWhatIsPermittedAndHearsWhatIsNot) {
  if (geteuid() == 0) {
    const pid_t child = fork();
    if (child == 0) {
      if (setgid(65534) != 0 || setuid(65534) != 0) _exit(77);
      execl("/proc/self/exe", "sampler_test", "--gtest_filter=OrdinaryUserTest.*", nullptr);
      _exit(77);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "this program may not be run by nobody";
    EXPECT_EQ(status, 0);
    return;
  }
  const Permission permission = AskKernel();
  if (!permission.events) GTEST_SKIP() << "the kernel refuses perf_event_open";
  if (permission.kernel) GTEST_SKIP() << "ordinary users may sample the kernel here";
  const auto recording = Record(Target({"states"}));
  ASSERT_TRUE(recording) << recording.error().message;
  const profile::Profile& profile = recording->profile;
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::Burn"), 0.9);
  ASSERT_EQ(profile.threads.size(), 5u);
  double blocked = 0;
  for (const profile::Thread& thread : profile.threads) blocked += static_cast<double>(thread.blocked_ns);
  EXPECT_GT(blocked, 1e9);
  EXPECT_GT(ValueIn(profile, State::kBlocked, kBlockedName), 1e9);
  ExpectWholeWaits(profile);
  ASSERT_FALSE(profile.missing.empty());
  EXPECT_THAT(profile.missing[0], HasSubstr("perf_event_paranoid"));

  RecordOptions options;
  options.pid = 1;
  const auto refused = Record(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConfiguration);
}

}  // namespace
}  // namespace rapidbyte::sampler
