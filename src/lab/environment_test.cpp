#include "lab/environment.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "lab/postgres.h"
#include "lab/server_install.h"
#include "os/file_descriptor.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

using namespace std::chrono_literals;

// The processes whose command line names a folder: its server.
int ProcessesOf(const std::filesystem::path& folder) {
  int count = 0;
  std::error_code ignored;
  for (const auto& process : std::filesystem::directory_iterator("/proc", ignored)) {
    std::ifstream in(process.path() / "cmdline");
    std::string line;
    std::getline(in, line);  // nothing where the process has ended meanwhile
    if (line.find(folder.string()) != std::string::npos) ++count;
  }
  return count;
}

bool EventuallyGone(const std::filesystem::path& folder) {
  for (int i = 0; i < 600; ++i) {
    if (!std::filesystem::exists(folder) && ProcessesOf(folder) == 0) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

std::string Ask(const ServerAddress& address, const std::string& sql) {
  auto session = Postgres::Connect(address);
  if (!session) return session.error().message;
  const auto value = session->Value(sql);
  return value ? *value : value.error().message;
}

// Brings up a server in a process of its own, which then waits to be killed. Returns its number and the folder.
std::pair<pid_t, std::filesystem::path> ServerInAnotherProcess() {
  os::Pipe pipe = os::Pipe::Open();
  const pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    auto environment = Environment::StartEphemeral();
    const std::string folder = environment ? (*environment)->folder().string() : environment.error().message;
    if (write(pipe.write_end.get(), folder.data(), folder.size()) < 0) _exit(1);
    pause();
    _exit(0);
  }
  pipe.write_end.Close();
  char buffer[512];
  const ssize_t size = read(pipe.read_end.get(), buffer, sizeof buffer);
  return {pid, std::string(buffer, size > 0 ? static_cast<size_t>(size) : 0)};
}

TEST(EphemeralServer, AnswersOnSocketAndPortAndIsGoneAfterwards) {
  std::filesystem::path folder;
  {
    const auto environment = Environment::StartEphemeral({.settings = {{"shared_buffers", "16MB"}}});
    ASSERT_TRUE(environment) << environment.error().message;
    folder = (*environment)->folder();
    EXPECT_EQ(Ask((*environment)->address(), "SELECT 1 + 1"), "2");
    EXPECT_EQ(Ask((*environment)->tcp_address(), "SELECT inet_server_addr()"), "127.0.0.1");
    EXPECT_EQ(Ask((*environment)->address(), "SHOW shared_buffers"), "16MB");
    EXPECT_EQ(Ask((*environment)->address(), "SHOW autovacuum"), "off");
    EXPECT_EQ(Ask((*environment)->address(), "SHOW fsync"), "on");
    EXPECT_TRUE((*environment)->description().starts_with("PostgreSQL 15.")) << (*environment)->description();
    EXPECT_NE((*environment)->description().find("shared_buffers = 16MB"), std::string::npos);
    EXPECT_EQ(ProcessesOf(folder), 1);
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_EQ(ProcessesOf(folder), 0);
}

// The server's user may write to what is its own, and to nothing that we write to or read.
TEST(EphemeralServer, OnlyItsOwnFolderBelongsToItsUser) {
  const auto environment = Environment::StartEphemeral();
  ASSERT_TRUE(environment) << environment.error().message;
  const auto account = FindServerAccount();
  ASSERT_TRUE(account);
  const auto status_of = [&](const char* name) {
    struct stat info {};
    EXPECT_EQ(lstat(((*environment)->folder() / name).c_str(), &info), 0) << name;
    return info;
  };
  EXPECT_EQ(status_of("").st_uid, geteuid());
  EXPECT_EQ(status_of("").st_mode & 07777, account->uid == geteuid() ? 0700u : 0711u);
  EXPECT_EQ(status_of("server.log").st_uid, geteuid());
  EXPECT_EQ(status_of("server.log").st_mode & 07777, 0600u);
  EXPECT_EQ(status_of("server").st_uid, account->uid);
  EXPECT_EQ(status_of("server").st_mode & 07777, 0700u);
  for (const auto& entry : std::filesystem::recursive_directory_iterator((*environment)->folder() / "server")) {
    struct stat info {};
    if (lstat(entry.path().c_str(), &info) != 0) continue;  // the server is at work
    EXPECT_EQ(info.st_uid, account->uid) << entry.path();
  }
}

TEST(EphemeralServer, IsNotMadeWhereOthersCouldExchangeIt) {
  const auto shared = os::TemporaryFolder::Make();
  ASSERT_TRUE(shared);
  ASSERT_EQ(chmod(shared->path().c_str(), 0777), 0);
  const char* before = std::getenv("TMPDIR");
  const std::string saved = before != nullptr ? before : "/tmp";
  setenv("TMPDIR", shared->path().c_str(), 1);
  const auto environment = Environment::StartEphemeral();
  setenv("TMPDIR", saved.c_str(), 1);
  ASSERT_FALSE(environment);
  EXPECT_EQ(environment.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(environment.error().message.find("other users may write to it"), std::string::npos)
      << environment.error().message;
  EXPECT_NE(environment.error().hint.find("TMPDIR"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(shared->path()));
}

TEST(EphemeralServer, TcpAsksForThePassword) {
  const auto environment = Environment::StartEphemeral();
  ASSERT_TRUE(environment) << environment.error().message;
  ServerAddress address = (*environment)->tcp_address();
  EXPECT_GE(address.password.size(), 16u);
  address.password = "guessed";
  EXPECT_NE(Ask(address, "SELECT 1").find("password authentication failed"), std::string::npos);
}

TEST(EphemeralServer, SeveralAtATime) {
  const auto first = Environment::StartEphemeral(), second = Environment::StartEphemeral();
  ASSERT_TRUE(first && second);
  EXPECT_NE((*first)->folder(), (*second)->folder());
  EXPECT_EQ(Ask((*first)->tcp_address(), "SELECT current_setting('port')"),
            std::to_string((*first)->tcp_address().port));
  EXPECT_EQ(Ask((*second)->tcp_address(), "SELECT current_setting('port')"),
            std::to_string((*second)->tcp_address().port));
}

TEST(EphemeralServer, ASettingThatPostgresRefusesIsSaid) {
  const auto environment = Environment::StartEphemeral({.settings = {{"shared_buffers", "nonsense"}}});
  ASSERT_FALSE(environment);
  EXPECT_EQ(environment.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(environment.error().message.find("shared_buffers"), std::string::npos) << environment.error().message;
}

TEST(EphemeralServer, AnInterruptEndsTheStart) {
  Interrupt interrupt;
  interrupt.Trigger();
  const auto environment = Environment::StartEphemeral({.settings = {}, .interrupt = &interrupt});
  ASSERT_FALSE(environment);
  EXPECT_EQ(environment.error().code, ErrorCode::kInterrupted);
}

TEST(EphemeralServer, IsGoneWhenItsOwnerIsKilled) {
  const auto [pid, folder] = ServerInAnotherProcess();
  ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_TRUE(EventuallyGone(folder));
}

TEST(EphemeralServer, WhatItsOwnerPutsIntoItsFolderIsGoneAsWell) {
  const auto [pid, folder] = ServerInAnotherProcess();
  const auto documents = os::TemporaryFolder::Make(folder);
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(documents->path().parent_path(), folder);
  std::ofstream(documents->path() / "state.db") << "in use";
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_TRUE(EventuallyGone(folder));
}

TEST(EphemeralServer, OutlivesSignalsOfTheTerminal) {
  const auto [pid, folder] = ServerInAnotherProcess();
  ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
  // The owner dies of it, its group's guardian must not: it still has to clean up.
  kill(-pid, SIGINT);
  waitpid(pid, nullptr, 0);
  EXPECT_TRUE(EventuallyGone(folder));
}

TEST(ExistingServer, IsUsedAsItIs) {
  const auto ephemeral = Environment::StartEphemeral();
  ASSERT_TRUE(ephemeral);
  const ServerAddress& address = (*ephemeral)->tcp_address();
  const std::string dsn = "postgresql://" + address.user + ":" + address.password +
                          "@127.0.0.1:" + std::to_string(address.port) + "/" + address.database;
  {
    const auto existing = Environment::UseExisting(dsn);
    ASSERT_TRUE(existing) << existing.error().message;
    EXPECT_EQ((*existing)->description(), (*ephemeral)->description());
    EXPECT_TRUE((*existing)->folder().empty());
    EXPECT_EQ((*existing)->address().password, address.password);
  }
  EXPECT_EQ(Ask(address, "SELECT 1"), "1") << "still there";
}

TEST(ExistingServer, ThatIsNotThereIsAConnectionError) {
  const auto existing = Environment::UseExisting("postgresql://nobody:secret@127.0.0.1:1/nothing");
  ASSERT_FALSE(existing);
  EXPECT_EQ(existing.error().code, ErrorCode::kConnection);
  EXPECT_EQ(existing.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace rapidbyte::lab
