#include "sampler/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "sampler/stack_maker.h"
#include "sampler/test_profile.h"
#include "sampler/test_record.h"

namespace rapidbyte::sampler {
namespace {

using profile::State;
using testing::HasSubstr;

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

TEST_F(RecordTest, FollowsForks) {
  const Recording recording = Recorded(Target({"forks"}));
  const profile::Profile& profile = recording.profile;
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::ChildWork"), 0.3);
  EXPECT_GT(ShareOf(profile, State::kRunning, "work::GrandchildWork"), 0.3);
  EXPECT_EQ(profile.threads.size(), 3u);
  for (const profile::Thread& thread : profile.threads) EXPECT_EQ(thread.process, "sampler_target");
}

TEST_F(RecordTest, AThousandThreads) {
  const Recording recording = Recorded(Target({"threads", "1000"}));
  EXPECT_EQ(recording.exit_code, 0);
  EXPECT_EQ(recording.profile.threads.size(), 1001u);
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
  // In the midst of exec, where a busy machine may take the CPU away, the code that called it is gone already.
  for (const profile::Sample& sample : profile.samples) {
    if (StackHas(profile, sample.stack, "execve")) continue;
    EXPECT_FALSE(StackHas(profile, sample.stack, "[unknown]")) << Folded(profile, sample.stack);
  }
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

}  // namespace
}  // namespace rapidbyte::sampler
