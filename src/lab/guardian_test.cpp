#include "lab/guardian.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "os/file_descriptor.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

using namespace std::chrono_literals;

// A shell in place of a server: it says who it is and waits.
class GuardianTest : public testing::Test {
 protected:
  GuardianTest() {
    std::filesystem::create_directories(work_.path() / "data/sub");
    std::ofstream(work_.path() / "data/sub/file") << "content";
    const std::string folder = work_.path().string();
    EXPECT_EQ(std::system(("tar -C " + folder + " -cf " + folder + "/template.tar data").c_str()), 0);
    server_ = {.folder = work_.path() / "server",
               .account = {.uid = getuid(), .gid = getgid(), .prefix = {}},
               .archive = work_.path() / "template.tar"};
  }
  void Command(const std::string& script) { server_.argv = {"sh", "-c", script}; }

  pid_t WaitForPid() const {
    pid_t pid = 0;
    for (int i = 0; i < 1000 && pid == 0; ++i) {
      std::this_thread::sleep_for(10ms);
      std::ifstream(work_.path() / "pid") >> pid;
    }
    return pid;
  }
  // Not reaped by us, so that a zombie would count as alive.
  static bool EventuallyDead(pid_t pid) {
    for (int i = 0; i < 500; ++i) {
      if (kill(pid, 0) != 0) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  os::TemporaryFolder work_ = *os::TemporaryFolder::Make();
  GuardedServer server_;
};

TEST_F(GuardianTest, CopiesStartsStopsAndRemoves) {
  Command("echo $$ > " + (work_.path() / "pid").string() + "; exec sleep 1000");
  auto guardian = Guardian::Start(server_);
  ASSERT_TRUE(guardian) << guardian.error().message;
  const pid_t pid = WaitForPid();
  ASSERT_GT(pid, 0);
  std::string content;
  std::ifstream(server_.folder / "server/data/sub/file") >> content;
  EXPECT_EQ(content, "content");
  EXPECT_FALSE((*guardian)->ServerEnded());
  EXPECT_EQ((*guardian)->server_pid(), pid);
  guardian->reset();
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(server_.folder));
}

TEST_F(GuardianTest, AFolderWithoutAServerGoesWithItsCreator) {
  const auto folder = work_.path() / "alone";
  const GuardedServer alone = {.folder = folder};
  auto guardian = Guardian::Start(alone);
  ASSERT_TRUE(guardian) << guardian.error().message;
  EXPECT_TRUE(std::filesystem::is_directory(folder));
  EXPECT_FALSE((*guardian)->ServerEnded());
  std::ofstream(folder / "file") << "content";
  guardian->reset();
  EXPECT_FALSE(std::filesystem::exists(folder));

  os::Pipe started = os::Pipe::Open();
  const pid_t creator = fork();
  if (creator == 0) {
    const auto kept = Guardian::Start(alone);
    if (write(started.write_end.get(), kept ? "S" : "F", 1) == 1) pause();
    _exit(1);
  }
  started.write_end.Close();
  char news = 0;
  ASSERT_EQ(read(started.read_end.get(), &news, 1), 1);
  ASSERT_EQ(news, 'S');
  EXPECT_TRUE(std::filesystem::exists(folder));
  kill(creator, SIGKILL);
  waitpid(creator, nullptr, 0);
  for (int i = 0; i < 500 && std::filesystem::exists(folder); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(GuardianTest, TheServerDiesEvenWithItsGuardian) {
  Command("echo $$ $PPID > " + (work_.path() / "pid").string() + "; exec sleep 1000");
  auto guardian = Guardian::Start(server_);
  ASSERT_TRUE(guardian);
  const pid_t pid = WaitForPid();
  pid_t guardian_pid = 0, first = 0;
  std::ifstream(work_.path() / "pid") >> first >> guardian_pid;
  ASSERT_GT(guardian_pid, 1);
  kill(guardian_pid, SIGKILL);
  EXPECT_TRUE(EventuallyDead(pid));
}

TEST_F(GuardianTest, ReportsAServerThatEnds) {
  Command("exit 3");
  auto guardian = Guardian::Start(server_);
  ASSERT_TRUE(guardian);
  for (int i = 0; i < 500 && !(*guardian)->ServerEnded(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE((*guardian)->ServerEnded());
  guardian->reset();
  EXPECT_FALSE(std::filesystem::exists(server_.folder));
}

TEST_F(GuardianTest, KeepsTheServersOutputInItsLog) {
  Command("echo something is wrong >&2; touch " + (work_.path() / "done").string() + "; exec sleep 1000");
  auto guardian = Guardian::Start(server_);
  ASSERT_TRUE(guardian);
  for (int i = 0; i < 500 && !std::filesystem::exists(work_.path() / "done"); ++i) std::this_thread::sleep_for(10ms);
  std::string line;
  std::ifstream log(server_.folder / "server.log");
  std::getline(log, line);
  EXPECT_EQ(line, "something is wrong");
}

TEST_F(GuardianTest, AServerThatCannotBeCopiedIsAnError) {
  Command("sleep 1000");
  server_.archive = "/nonexistent";
  const auto guardian = Guardian::Start(server_);
  ASSERT_FALSE(guardian);
  EXPECT_FALSE(std::filesystem::exists(server_.folder));
}

TEST_F(GuardianTest, AFolderThatExistsIsNeverTouched) {
  Command("sleep 1000");
  std::filesystem::create_directory(server_.folder);
  std::ofstream(server_.folder / "precious") << "x";
  EXPECT_FALSE(Guardian::Start(server_));
  EXPECT_TRUE(std::filesystem::exists(server_.folder / "precious"));
}

}  // namespace
}  // namespace rapidbyte::lab
