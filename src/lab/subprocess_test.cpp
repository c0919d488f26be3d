#include "lab/subprocess.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

using namespace std::chrono_literals;

Command Shell(const std::string& script) {
  return {.argv = {"sh", "-c", script}, .environment = {}, .working_directory = {}};
}

SubprocessResult RunShell(const std::string& script, const SubprocessLimits& limits = {}) {
  auto result = RunSubprocess(Shell(script), limits);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *result : SubprocessResult{};
}

// The state of a process; 0 where there is none. A zombie is 'Z'.
char StateOf(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name;
  char state = 0;
  in >> number >> name >> state;
  return state;
}

bool EventuallyGone(pid_t pid) {
  for (int i = 0; i < 500; ++i) {
    const char state = StateOf(pid);
    if (state == 0 || state == 'Z') return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(Subprocess, TellsOutputAndExitCodeApart) {
  const SubprocessResult result = RunShell("echo to out; echo to err >&2; exit 7");
  EXPECT_EQ(result.out, "to out\n");
  EXPECT_EQ(result.err, "to err\n");
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.interrupted);
}

TEST(Subprocess, NamesTheSignal) {
  const SubprocessResult result = RunShell("kill -SEGV $$");
  EXPECT_EQ(result.signal, SIGSEGV);
  EXPECT_EQ(result.exit_code, 128 + SIGSEGV);
}

TEST(Subprocess, ACommandThatDoesNotExistIsAnError) {
  const auto result = RunSubprocess({.argv = {"/nonexistent/program"}, .environment = {}, .working_directory = {}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(result.error().message.find("/nonexistent/program"), std::string::npos);
}

TEST(Subprocess, HasTheEnvironmentFolderAndInputItWasGiven) {
  setenv("LAB_TEST_KEPT", "kept", 1);
  setenv("LAB_TEST_REPLACED", "old", 1);
  Command command = Shell("echo $LAB_TEST_KEPT $LAB_TEST_REPLACED $LAB_TEST_ADDED; pwd; wc -c");
  command.environment = {{"LAB_TEST_REPLACED", "new"}, {"LAB_TEST_ADDED", "added"}};
  command.working_directory = "/usr";
  const auto result = RunSubprocess(command);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->out, "kept new added\n/usr\n0\n");
}

TEST(Subprocess, InheritsNoOpenFileAndNoIgnoredSignal) {
  const int leaked = dup(STDERR_FILENO);  // without close-on-exec
  signal(SIGUSR1, SIG_IGN);
  // ls itself holds the folder open as number 3.
  EXPECT_EQ(RunShell("ls /proc/self/fd | tr '\\n' ' '").out, "0 1 2 3 ");
  EXPECT_EQ(RunShell("kill -USR1 $$").signal, SIGUSR1);
  signal(SIGUSR1, SIG_DFL);
  close(leaked);
}

TEST(Subprocess, KeepsTheLastBytesOfLongOutput) {
  const SubprocessResult result = RunShell("seq 1 1000000; echo end >&2", {.output_bytes = 1000});
  EXPECT_EQ(result.out.size(), 1000u);
  EXPECT_TRUE(result.out.ends_with("999999\n1000000\n"));
  EXPECT_EQ(result.err, "end\n");
}

TEST(Subprocess, KeepsMegabytesWhole) {
  const SubprocessResult result = RunShell("head -c 3000000 /dev/zero");
  EXPECT_EQ(result.out.size(), 3'000'000u);
}

TEST(Subprocess, ATimeoutKillsTheWholeGroup) {
  const SubprocessResult result = RunShell("sleep 1000 & echo $!; wait", {.timeout_secs = 0.3});
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_TRUE(EventuallyGone(std::stoi(result.out)));
}

TEST(Subprocess, WhatItLeftRunningIsKilled) {
  const SubprocessResult result = RunShell("sleep 1000 & echo $!");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(EventuallyGone(std::stoi(result.out)));
}

TEST(Subprocess, AnInterruptKillsIt) {
  Interrupt interrupt;
  std::thread trigger([&] {
    std::this_thread::sleep_for(100ms);
    interrupt.Trigger();
  });
  const SubprocessResult result = RunShell("sleep 1000", {.interrupt = &interrupt});
  trigger.join();
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
}

TEST(Subprocess, AnEarlierInterruptKillsItAtOnce) {
  Interrupt interrupt;
  interrupt.Trigger();
  EXPECT_TRUE(RunShell("sleep 1000", {.interrupt = &interrupt}).interrupted);
}

// Runs a script that writes its numbers of processes into $pids, one a line and `count` of them, and kills us.
std::vector<pid_t> KillWhoRuns(Command command, size_t count) {
  os::TemporaryFolder folder = *os::TemporaryFolder::Make();
  const std::filesystem::path file = folder.path() / "pids";
  command.environment["pids"] = file.string();
  const pid_t us = fork();
  if (us == 0) {
    [[maybe_unused]] auto result = RunSubprocess(command);
    _exit(0);
  }
  std::vector<pid_t> pids;
  for (int i = 0; i < 1000 && pids.size() < count; ++i) {
    std::this_thread::sleep_for(10ms);
    pids.clear();
    std::ifstream in(file);
    for (pid_t pid = 0; in >> pid;) pids.push_back(pid);
  }
  kill(us, SIGKILL);
  waitpid(us, nullptr, 0);
  return pids;
}

TEST(Subprocess, DiesWithUs) {
  const std::vector<pid_t> pids = KillWhoRuns(Shell("echo $$ > $pids; exec sleep 1000"), 1);
  ASSERT_EQ(pids.size(), 1u);
  EXPECT_TRUE(EventuallyGone(pids[0]));
}

TEST(Subprocess, WhatItStartedDiesWithUs) {
  const std::vector<pid_t> pids = KillWhoRuns(Shell("sleep 1000 & echo $! > $pids; wait; true"), 1);
  ASSERT_EQ(pids.size(), 1u);
  EXPECT_TRUE(EventuallyGone(pids[0]));
}

TEST(Subprocess, TheWholeTreeDiesWithUs) {
  Command command = Shell("setsid sh -c 'echo $$ > $pids; exec sleep 1000' & wait");
  command.leftovers = Leftovers::kKillTree;
  const std::vector<pid_t> pids = KillWhoRuns(command, 1);
  ASSERT_EQ(pids.size(), 1u);
  EXPECT_TRUE(EventuallyGone(pids[0]));
}

// The kernel counts the caller of exec into the peak of the program; the launcher keeps our size out of it.
TEST(Subprocess, ASmallProgramIsSmallHoweverBigWeAre) {
  std::vector<char> ballast(200'000'000);
  memset(ballast.data(), 1, ballast.size());
  const auto result = RunSubprocess({.argv = {"/bin/true"}, .environment = {}, .working_directory = {}});
  ASSERT_TRUE(result);
  EXPECT_EQ(ballast[12'345'678], 1);
  EXPECT_GT(result->max_rss_bytes, 100'000u);
  EXPECT_LT(result->max_rss_bytes, 10'000'000u);
}

TEST(Subprocess, ABigProgramIsBig) {
  // dd holds one buffer of this size.
  const auto result = RunSubprocess({.argv = {"dd", "if=/dev/zero", "of=/dev/null", "bs=100000000", "count=1"},
                                     .environment = {},
                                     .working_directory = {}});
  ASSERT_TRUE(result);
  EXPECT_GT(result->max_rss_bytes, 100'000'000u);
}

SubprocessResult RunTree(const std::string& line) {
  Command command = Shell(line);
  command.leftovers = Leftovers::kKillTree;
  const auto result = RunSubprocess(command);
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or(SubprocessResult());
}

// Each dd holds one buffer of 50 MB and waits with it for the end of what it writes to.
TEST(Subprocess, ProcessesOfOneTimeAddUpToTheMemoryOfTheTree) {
  const std::string dd = "dd if=/dev/zero bs=50000000 count=1 2>/dev/null | (sleep 0.5; cat >/dev/null)";
  const SubprocessResult together = RunTree(dd + " & " + dd + " & wait");
  EXPECT_GT(together.max_rss_bytes, 50'000'000u);
  EXPECT_LT(together.max_rss_bytes, 70'000'000u);
  EXPECT_GT(together.tree_rss_bytes, 100'000'000u);
  EXPECT_LT(together.tree_rss_bytes, 150'000'000u);

  const SubprocessResult in_turn = RunTree(dd + "; " + dd);
  EXPECT_GT(in_turn.tree_rss_bytes, 50'000'000u);
  EXPECT_LT(in_turn.tree_rss_bytes, 90'000'000u);
}

TEST(Subprocess, TheMemoryOfOneProcessIsThatOfItsTree) {
  const SubprocessResult one = RunTree("exec dd if=/dev/zero of=/dev/null bs=50000000 count=20 2>/dev/null");
  EXPECT_GT(one.max_rss_bytes, 50'000'000u);
  EXPECT_EQ(one.tree_rss_bytes, one.max_rss_bytes);
}

TEST(Subprocess, CountsTheCpuTimeOfItsChildrenButNotOfOthers) {
  const SubprocessResult busy = RunShell("i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done");
  EXPECT_GT(busy.user_secs, 0.01);
  EXPECT_GE(busy.wall_secs, 0.01);
  const SubprocessResult idle = RunShell("sleep 0.3");
  EXPECT_GE(idle.wall_secs, 0.3);
  EXPECT_LT(idle.user_secs + idle.system_secs, idle.wall_secs / 2);
}

TEST(Subprocess, CountsContextSwitches) {
  const auto result = RunSubprocess(Shell("for i in 1 2 3; do sleep 0.01; done"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_GE(result->voluntary_switches, 3u) << "each sleep waits";
}

TEST(Subprocess, CountsBytesWrittenToADisk) {
  const char* folder = "/var/tmp";  // on a disk, where /tmp may be in memory
  const auto result = RunSubprocess(
      Shell(std::string("f=$(mktemp -p ") + folder + "); head -c 3000000 /dev/zero >$f; stat -f -c %T $f; rm $f"));
  ASSERT_TRUE(result) << result.error().message;
  if (result->out == "tmpfs\n" || result->written_bytes == 0) GTEST_SKIP() << "no disk that the kernel accounts for";
  EXPECT_GE(result->written_bytes, 3'000'000u);
  EXPECT_LT(result->written_bytes, 30'000'000u);
  EXPECT_EQ(result->written_bytes % 512, 0u);
}

TEST(RunSuccessfully, ReportsTheLastLine) {
  const auto failed = RunSuccessfully(Shell("echo first >&2; echo what was wrong >&2; exit 3"));
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("what was wrong"), std::string::npos);
  EXPECT_NE(failed.error().message.find("3"), std::string::npos);
  EXPECT_TRUE(RunSuccessfully(Shell("true")));
}

TEST(LastLine, PrefersErrorsAndSkipsEmptyLines) {
  SubprocessResult result;
  EXPECT_EQ(LastLine(result), "");
  result.out = "a\nb\n\n";
  EXPECT_EQ(LastLine(result), "b");
  result.err = "only";
  EXPECT_EQ(LastLine(result), "only");
  result.err = "starting\nerror: no server\nhint: start it\n";
  EXPECT_EQ(LastLine(result), "error: no server");
  result.err = "error: no server";
  EXPECT_EQ(LastLine(result), "error: no server");
}

}  // namespace
}  // namespace rapidbyte::lab
