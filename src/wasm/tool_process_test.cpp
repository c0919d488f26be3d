#include "wasm/tool_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>

#include "os/file_descriptor.h"
#include "os/temporary_folder.h"

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

using namespace std::chrono_literals;

// Whether a process group has nobody left in it.
bool EventuallyGone(pid_t group) {
  for (int i = 0; i < 500; ++i) {
    if (kill(-group, 0) != 0 && errno == ESRCH) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class ToolProcess : public testing::Test {
 protected:
  Status Shell(const std::string& script, const ToolLimits& limits = {}) {
    return RunTool({"sh", "-c", script}, folder_, limits);
  }

  // The group that a script has written to the file "group".
  pid_t Group() const {
    pid_t group = 0;
    for (int i = 0; i < 1000 && group == 0; ++i) {
      std::this_thread::sleep_for(10ms);
      std::ifstream(folder_ / "group") >> group;
    }
    return group;
  }

  os::TemporaryFolder temporary_ = *os::TemporaryFolder::Make();
  const fs::path folder_ = temporary_.path();
};

// A script with two children that says which group they are in.
constexpr const char* kFamily = "sleep 600 & sh -c 'sleep 600; true' & ps -o pgid= -p $$ > g; mv g group; wait";

TEST_F(ToolProcess, RunsInItsFolder) {
  EXPECT_TRUE(Shell("echo done > here"));
  EXPECT_TRUE(fs::exists(folder_ / "here"));
}

TEST_F(ToolProcess, AFailureQuotesTheErrorAndSaysWhatToDo) {
  const Status failed = Shell("echo 'x.c:1: error: no such thing'; echo ' | ^~~'; exit 3");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "sh failed: x.c:1: error: no such thing");
  EXPECT_NE(failed.error().hint.find("./dev setup"), std::string::npos);
  const Status other = Shell("echo first; echo last; exit 1");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "sh failed: last");
}

TEST_F(ToolProcess, AMissingToolIsNamed) {
  const Status missing = RunTool({"no-such-tool-anywhere"}, folder_, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("no-such-tool-anywhere"), std::string::npos);
}

TEST_F(ToolProcess, IsEndedAtItsTimeLimitWithAllItsChildren) {
  const Status late = Shell("sleep 600 & sleep 600; echo survived > here", {.timeout_secs = 1});
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message.find("took longer than 1 s"), std::string::npos) << late.error().message;
  EXPECT_FALSE(fs::exists(folder_ / "here"));
}

TEST_F(ToolProcess, EndsWithItsFamilyWhenItIsToStop) {
  os::Pipe stop = os::Pipe::Open();
  std::thread stopper([&] {
    EXPECT_GT(Group(), 0);
    stop.write_end.Close();
  });
  const Status stopped = Shell(kFamily, {.stop_fd = stop.read_end.get()});
  stopper.join();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
  EXPECT_TRUE(EventuallyGone(Group()));
}

TEST_F(ToolProcess, EndsWithItsFamilyWhenWeAreKilled) {
  const pid_t owner = fork();
  if (owner == 0) {
    static_cast<void>(Shell(kFamily));
    _exit(0);
  }
  const pid_t group = Group();
  ASSERT_GT(group, 0);
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  EXPECT_TRUE(EventuallyGone(group));
}

TEST_F(ToolProcess, LeavesNothingRunningWhenItEndsByItself) {
  ASSERT_TRUE(Shell("sleep 600 & ps -o pgid= -p $$ > g; mv g group"));
  EXPECT_TRUE(EventuallyGone(Group()));
}

TEST_F(ToolProcess, KeepsTemporaryFilesInItsFolder) {
  ASSERT_TRUE(Shell("mktemp > name"));
  std::string name;
  std::ifstream(folder_ / "name") >> name;
  EXPECT_TRUE(name.starts_with(folder_.string())) << name;
}

TEST_F(ToolProcess, CannotWriteEndlessFiles) {
  EXPECT_FALSE(Shell("exec head -c 100000 /dev/zero > big", {.file_bytes = 4096}));
  EXPECT_LE(fs::file_size(folder_ / "big"), 4096u);
}

}  // namespace
}  // namespace rapidbyte::wasm
