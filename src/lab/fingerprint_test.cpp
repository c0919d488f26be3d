#include "lab/fingerprint.h"

#include <gtest/gtest.h>

#include <fstream>

#include "lab/subprocess.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

void Git(const std::filesystem::path& folder, const std::string& arguments) {
  const auto run = RunSuccessfully(
      {.argv = {"sh", "-c", "git -c user.name=t -c user.email=t@example.com -c init.defaultBranch=trunk " + arguments},
       .environment = {},
       .working_directory = folder});
  ASSERT_TRUE(run) << run.error().message;
}

TEST(HostFingerprint, KnowsThisMachine) {
  const record::HostFingerprint host = ReadHostFingerprint();
  EXPECT_FALSE(host.hostname.empty());
  EXPECT_FALSE(host.kernel.empty());
  EXPECT_FALSE(host.cpu_model.empty());
  EXPECT_GE(host.cpus, 1);
  EXPECT_GT(host.memory_bytes, 64u << 20);
  EXPECT_EQ(host.Hash(), ReadHostFingerprint().Hash());
}

TEST(GitState, IsUnknownOutsideOfARepository) {
  const os::TemporaryFolder folder = *os::TemporaryFolder::Make();
  const GitState state = ReadGitState(folder.path());
  EXPECT_EQ(state.sha, "unknown");
  EXPECT_EQ(state.branch, "unknown");
  EXPECT_FALSE(state.dirty);
}

TEST(GitState, KnowsCommitBranchAndChanges) {
  const os::TemporaryFolder folder = *os::TemporaryFolder::Make();
  std::ofstream(folder.path() / "file") << "one";
  Git(folder.path(), "init --quiet");
  Git(folder.path(), "add file");
  Git(folder.path(), "commit --quiet -m first");
  const GitState clean = ReadGitState(folder.path());
  EXPECT_EQ(clean.sha.size(), 40u);
  EXPECT_EQ(clean.branch, "trunk");
  EXPECT_FALSE(clean.dirty);
  std::filesystem::create_directories(folder.path() / "target/bench_results");
  std::ofstream(folder.path() / "target/bench_results/results.db") << "ours";
  EXPECT_FALSE(ReadGitState(folder.path()).dirty);
  std::ofstream(folder.path() / "target/theirs") << "not ours";
  EXPECT_TRUE(ReadGitState(folder.path()).dirty);
  std::filesystem::remove(folder.path() / "target/theirs");
  std::ofstream(folder.path() / "file") << "two";
  EXPECT_TRUE(ReadGitState(folder.path()).dirty);
}

TEST(CampaignId, SortsByTimeAndIsUnique) {
  const std::string first = NewCampaignId(), second = NewCampaignId();
  EXPECT_NE(first, second);
  EXPECT_LE(first.substr(0, 15), second.substr(0, 15));
  EXPECT_EQ(first.size(), 24u);
  EXPECT_EQ(UtcNow().size(), 24u);
  EXPECT_EQ(UtcNow().back(), 'Z');
}

}  // namespace
}  // namespace rapidbyte::lab
