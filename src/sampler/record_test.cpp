#include "sampler/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "sampler/assembler.h"
#include "sampler/perf_session.h"
#include "sampler/stack_maker.h"
#include "sampler/test_profile.h"

namespace rapidbyte::sampler {
namespace {

using profile::State;
using testing::HasSubstr;

RecordOptions Target(std::vector<std::string> arguments) {
  RecordOptions options;
  options.argv = {SAMPLER_TARGET};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.frequency_hz = 999;
  return options;
}

class RecordTest : public testing::Test {
 protected:
  void SetUp() override {
    const Permission permission = AskKernel();
    if (!permission.events) GTEST_SKIP() << "the kernel refuses perf_event_open";
    if (!permission.kernel) GTEST_SKIP() << "the kernel's side may not be sampled (perf_event_paranoid)";
  }
  static Recording Recorded(const RecordOptions& options) {
    auto recording = Record(options);
    EXPECT_TRUE(recording) << recording.error().message;
    return recording ? std::move(*recording) : Recording{};
  }
};

const profile::Frame* FrameNamed(const profile::Profile& profile, std::string_view name) {
  for (size_t i = 0; i < profile.stacks.frame_count(); ++i) {
    const auto& frame = profile.stacks.At(profile::FrameId(i));
    if (profile.stacks.Text(frame.name) == name) return &frame;
  }
  return nullptr;
}

TEST_F(RecordTest, NamesInlinedFunctionsAndTheCallersOfFramelessLeaves) {
  const Recording recording = Recorded(Target({"burn", "0.5"}));
  const profile::Profile& profile = recording.profile;
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_GT(profile.samples.size(), 100u);
  double whole = 0, all = 0;
  for (const profile::Sample& sample : profile.samples) {
    if (!StackHas(profile, sample.stack, "work::FramelessLeaf") || sample.state != State::kRunning) continue;
    const std::string folded = Folded(profile, sample.stack);
    all += sample.value;
    if (folded.find("main;work::Burn(double);work::InlinedMiddle(unsigned long);work::FramelessLeaf(unsigned long)") !=
        std::string::npos) {
      whole += sample.value;
    } else {
      std::cerr << folded << '\n';
    }
  }
  EXPECT_GT(all, 0.9 * ValueIn(profile, State::kRunning, "main"));
  EXPECT_GE(whole, 0.99 * all);
  const profile::Frame* inlined = FrameNamed(profile, "work::InlinedMiddle(unsigned long)");
  ASSERT_NE(inlined, nullptr);
  EXPECT_TRUE(inlined->inlined);
  EXPECT_EQ(inlined->origin, profile::Origin::kProgram);
  EXPECT_EQ(profile.stacks.Text(inlined->image), "sampler_target");
  EXPECT_THAT(std::string(profile.stacks.Text(inlined->file)), testing::EndsWith("sampler/test_target.cpp"));
  EXPECT_GT(inlined->line, 1u);
  const profile::Frame* main = FrameNamed(profile, "main");
  ASSERT_NE(main, nullptr);
  EXPECT_FALSE(main->inlined);
}

// Of what runs from `since_ns` on.
void ExpectWholeStacks(const profile::Profile& profile, size_t depth, int64_t since_ns) {
  size_t whole = 0, all = 0;
  for (const profile::Sample& sample : profile.samples) {
    if (sample.state != State::kRunning || sample.time_ns < since_ns) continue;
    if (!StackHas(profile, sample.stack, "FramelessLeaf")) continue;
    ++all;
    if (StackHas(profile, sample.stack, "main") && profile.stacks.Path(sample.stack).size() > depth) ++whole;
  }
  EXPECT_GT(all, 20u);
  EXPECT_EQ(whole, all);
}

TEST_F(RecordTest, CopiesEnoughOfTheStackFromTheStart) {
  const Recording recording = Recorded(Target({"deep", "200"}));
  ExpectWholeStacks(recording.profile, 200, 0);
  EXPECT_EQ(recording.profile.truncated, 0u);
  EXPECT_EQ(FrameNamed(recording.profile, kCopyEndedName), nullptr);
}

TEST_F(RecordTest, CopiesDeepStacksFromTheStart) {
  ExpectWholeStacks(Recorded(Target({"deep", "1500"})).profile, 1500, 0);
}

TEST_F(RecordTest, SaysThatNoMoreOfAStackCanBeCopied) {
  const profile::Profile profile = Recorded(Target({"deep", "20000"})).profile;
  EXPECT_GT(ShareOf(profile, State::kRunning, kCopyEndedName), 0.9);
  EXPECT_THAT(profile.missing, testing::Contains(HasSubstr("deeper than the 64512 bytes that can be copied")));
}

TEST_F(RecordTest, CopiesMoreOfTheStackOfWhatOneCpuForksAndAnotherRuns) {
  if (sysconf(_SC_NPROCESSORS_ONLN) < 2) GTEST_SKIP() << "one CPU";
  const profile::Profile profile = Recorded(Target({"elsewhere", "800"})).profile;
  ExpectWholeStacks(profile, 800, profile.start_ns + profile.duration_ns / 2);
}

TEST_F(RecordTest, SaysWhyAStackIsCutShort) {
  RecordOptions options = Target({"deep", "200"});
  options.stack_bytes = 1024;
  const profile::Profile copied = Recorded(options).profile;
  EXPECT_GT(ShareOf(copied, State::kRunning, kCopyEndedName), 0.9);
  EXPECT_EQ(FrameNamed(copied, kNoRuleName), nullptr);
  EXPECT_GT(copied.truncated, 20u);
  EXPECT_THAT(copied.missing, testing::Contains(HasSubstr(kCopyEndedName)));

  const profile::Profile ruleless = Recorded(Target({"ruleless", "500000000"})).profile;
  EXPECT_GT(ShareOf(ruleless, State::kRunning, kNoRuleName), 0.9);
  EXPECT_EQ(FrameNamed(ruleless, kCopyEndedName), nullptr);
  EXPECT_GT(ruleless.truncated, 20u);
  EXPECT_THAT(ruleless.missing, testing::Contains(HasSubstr(kNoRuleName)));
}

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

TEST_F(RecordTest, FollowsForks) {
  const Recording recording = Recorded(Target({"forks"}));
  const profile::Profile& profile = recording.profile;
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::ChildWork"), 0.3);
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::GrandchildWork"), 0.3);
  EXPECT_EQ(profile.threads.size(), 3u);
  for (const profile::Thread& thread : profile.threads) EXPECT_EQ(thread.process, "sampler_target");
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

TEST_F(RecordTest, AThousandThreads) {
  const Recording recording = Recorded(Target({"threads", "1000"}));
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_EQ(recording.profile.threads.size(), 1001u);
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

TEST_F(RecordTest, ProgramsThatEndAtOnce) {
  const Recording recording = Recorded(Target({"exit", "7"}));
  EXPECT_EQ(recording.exit_code, 7);
  ASSERT_EQ(recording.profile.threads.size(), 1u);
  EXPECT_EQ(recording.profile.threads[0].name, "sampler_target");
  EXPECT_EQ(Recorded(Target({"abort"})).exit_code, 128 + SIGABRT);
}

TEST_F(RecordTest, ProgramsWithoutSymbols) {
  RecordOptions options = Target({"burn", "0.2"});
  options.argv[0] = SAMPLER_TARGET_STRIPPED;
  const profile::Profile profile = Recorded(options).profile;
  EXPECT_EQ(FrameNamed(profile, "main"), nullptr);
  ASSERT_FALSE(profile.samples.empty());
  double deep = 0;
  for (const profile::Sample& sample : profile.samples) {
    if (profile.stacks.Path(sample.stack).size() >= 4) deep += sample.value;
  }
  EXPECT_GT(deep, 0.5 * (ValueIn(profile, State::kRunning) + ValueIn(profile, State::kBlocked)));
  // main, Burn and FramelessLeaf are three functions still, the same ones in every stack.
  EXPECT_EQ(FrameNamed(profile, "[unknown]"), nullptr);
  std::map<std::string, double> leaves;
  for (const profile::Sample& sample : profile.samples) {
    if (sample.state != State::kRunning) continue;
    leaves[std::string(profile.stacks.Name(profile.stacks.Leaf(sample.stack)))] += sample.value;
  }
  const auto busiest = std::ranges::max_element(leaves, {}, [](const auto& leaf) { return leaf.second; });
  ASSERT_NE(busiest, leaves.end());
  EXPECT_THAT(busiest->first, testing::StartsWith("[sampler_target_stripped+0x"));
  EXPECT_GT(busiest->second, 0.8 * ValueIn(profile, State::kRunning));
  double named = 0;
  for (size_t i = 0; i < profile.stacks.frame_count(); ++i) {
    named += profile.stacks.Name(profile::FrameId(i)).starts_with("[sampler_target_stripped+0x") ? 1 : 0;
  }
  EXPECT_GE(named, 3);
}

TEST_F(RecordTest, WatchesARunningProcessAndWhatItForks) {
  RecordOptions options;
  const pid_t child = fork();
  if (child == 0) {
    execl(SAMPLER_TARGET, SAMPLER_TARGET, "serve", nullptr);
    _exit(127);
  }
  usleep(100'000);
  options.pid = child;
  options.duration_ns = 600'000'000;
  const Recording recording = Recorded(options);
  EXPECT_FALSE(recording.exit_code);
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "work::ChildWork"), 0.2);
  EXPECT_GT(ShareOf(recording.profile, State::kRunning, "work::Serve"), 0.8);
  EXPECT_THAT(recording.profile.command, HasSubstr("serve"));

  options.pid.reset();
  options.argv = {SAMPLER_TARGET, "burn", "0.3"};
  options.duration_ns = 0;
  options.extra_roots = {{.pid = child, .only_forked = true, .postgres = true}};
  const Recording both = Recorded(options);
  double server = 0;
  for (const profile::Thread& thread : both.profile.threads) EXPECT_NE(thread.pid, child);
  for (const profile::Sample& sample : both.profile.samples) {
    if (StackHas(both.profile, sample.stack, "work::ChildWork")) {
      server += sample.value;
      const auto path = both.profile.stacks.Path(sample.stack);
      EXPECT_EQ(both.profile.stacks.At(path[0]).origin, profile::Origin::kPostgres);
    }
  }
  EXPECT_GT(server, 0);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(RecordTest, SaysWhatCannotBeRecorded) {
  RecordOptions options;
  options.argv = {"/nowhere/program"};
  auto recording = Record(options);
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().code, ErrorCode::kUsage);
  EXPECT_THAT(recording.error().message, HasSubstr("cannot start /nowhere/program"));

  options.argv.clear();
  options.pid = 0x7ffffffe;
  recording = Record(options);
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().code, ErrorCode::kUsage);

  options.pid = getpid();
  options.frequency_hz = 0;
  EXPECT_FALSE(Record(options));
}

constexpr const char* kTooBusy = "so busy a machine that the ticks of its clock hardly meet the program";

// What a container that forbids perf_event_open leaves.
TEST(TimersTest, NameWhatRanAndSayWhatIsMissing) {
  RecordOptions options = Target({"states"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  const profile::Profile& profile = recording->profile;
  EXPECT_EQ(recording->exit_code, 0);
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
  RecordOptions options = Target({"own-sigprof"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ(recording->exit_code, 0);
  EXPECT_THAT(recording->profile.missing, testing::Not(testing::Contains(HasSubstr("signal"))));
  if (recording->profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_NEAR(ValueIn(recording->profile, State::kRunning, "work::OwnProfilingSignal"), 0.6e9, 0.1e9);
}

TEST(TimersTest, SayThatAProgramTookTheirSignal) {
  RecordOptions options = Target({"own-signals"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ(recording->exit_code, 0);
  EXPECT_THAT(recording->profile.missing, testing::Contains(HasSubstr("acts on the signal of the sampling timers")));
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
  RecordOptions options = Target({"threads", "100"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  const profile::Profile& profile = recording->profile;
  EXPECT_THAT(profile.missing, testing::Contains(HasSubstr("of CPU time have no samples")));
  for (const profile::Sample& sample : profile.samples) {
    EXPECT_EQ(sample.value, std::round(sample.value));
    for (const profile::FrameId frame : profile.stacks.Path(sample.stack)) {
      EXPECT_NE(profile.stacks.Text(profile.stacks.At(frame).image), "libagent.so");
    }
  }
}

TEST(TimersTest, WhatWasBeforeExecIsTheFirstProgramsTime) {
  RecordOptions options = Target({"exec", "0.3"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  const profile::Profile& profile = recording->profile;
  if (profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_EQ(profile.threads.at(0).process, "sampler_target");
  EXPECT_NEAR(ValueIn(profile, State::kRunning, "work::Burn"), 0.3e9, 0.05e9);
}

TEST(TimersTest, FollowForks) {
  RecordOptions options = Target({"forks"});
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  if (recording->profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_GT(ShareOf(recording->profile, State::kRunning, "work::ChildWork"), 0);
  EXPECT_GT(ShareOf(recording->profile, State::kRunning, "work::GrandchildWork"), 0);
}

// Closed again before the program ends, so that its maps have to be looked at while it runs.
TEST(TimersTest, NameWhatLibrariesDoThatAreOpenedLater) {
  RecordOptions options;
  options.argv = {SAMPLER_PLUGIN_HOST, SAMPLER_PLUGIN};
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ(recording->exit_code, 0);
  if (recording->profile.samples.size() < 20) GTEST_SKIP() << kTooBusy;
  EXPECT_GT(ShareOf(recording->profile, State::kRunning, "work::PluginLeaf"), 0.9);
  EXPECT_GT(ShareOf(recording->profile, State::kRunning, "main"), 0.9);
}

TEST(TimersTest, StaticProgramsHaveNoSamplesAndThatIsSaid) {
  RecordOptions options;
  options.argv = {SAMPLER_TARGET_STATIC, "burn", "0.05"};
  options.method = Method::kTimers;
  const auto recording = Record(options);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_TRUE(recording->profile.samples.empty());
  EXPECT_THAT(recording->profile.missing, testing::Contains(HasSubstr("statically linked")));
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
