#include "sampler/process_tree.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace rapidbyte::sampler {
namespace {

// What IsPostgresServer says of a program called `name` that calls itself `title`.
bool IsServer(const std::string& name, const std::string& title) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("servers-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::filesystem::create_symlink("/bin/sleep", folder / name);
  const pid_t child = fork();
  if (child == 0) {
    execl((folder / name).c_str(), title.c_str(), "100", nullptr);
    _exit(127);
  }
  for (int tries = 0; tries < 1000 && ThreadName(child, child) != name; ++tries) usleep(10'000);
  EXPECT_TRUE(ProcessExists(child));
  const bool is_server = IsPostgresServer(child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  std::filesystem::remove_all(folder);
  return is_server;
}

TEST(ProcessTreeTest, AServerIsNeitherItsBackendsNorAnythingElse) {
  EXPECT_TRUE(IsServer("postgres", "/usr/lib/postgresql/15/bin/postgres"));
  EXPECT_FALSE(IsServer("postgres", "postgres: checkpointer"));
  EXPECT_FALSE(IsServer("mysqld", "mysqld"));
  EXPECT_FALSE(IsPostgresServer(0x7ffffffe));
}

}  // namespace
}  // namespace rapidbyte::sampler
