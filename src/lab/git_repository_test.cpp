#include "lab/git_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>

#include "lab/test_repository.h"

namespace rapidbyte::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class GitRepositoryTest : public testing::Test {
 protected:
  GitRepository Open() const { return *GitRepository::Open(files_.path(), nullptr); }

  TestRepository files_;
};

TEST_F(GitRepositoryTest, ResolvesWhatGitUnderstands) {
  files_.Write("a", "1");
  const std::string first = files_.Commit("first");
  files_.Git({"tag", "-a", "v1.0", "-m", "annotated"});
  const std::string second = files_.Commit("second");
  const GitRepository repository = Open();
  EXPECT_EQ(*repository.Resolve("v1.0"), first);
  EXPECT_EQ(*repository.Resolve("HEAD~1"), first);
  EXPECT_EQ(*repository.Resolve(second.substr(0, 8)), second);
  EXPECT_EQ(*repository.Resolve("main"), second);
}

TEST_F(GitRepositoryTest, AnUnknownNameIsAnErrorWithTheNearest) {
  files_.Commit("first");
  files_.Git({"branch", "faster-copy"});
  const auto unknown = Open().Resolve("faster-cpoy");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_THAT(unknown.error().message, HasSubstr("\"faster-cpoy\" is no commit"));
  EXPECT_THAT(unknown.error().hint, HasSubstr("did you mean \"faster-copy\"?"));
  EXPECT_FALSE(Open().Resolve("--all")) << "a name, never an option";
}

TEST_F(GitRepositoryTest, NoRepositoryIsAnError) {
  const auto none = GitRepository::Open(files_.outside(), nullptr);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kConfiguration);
}

TEST_F(GitRepositoryTest, OwnFilesAreNoChangeOfTheWorkingTreeWhereTheyAreIgnored) {
  files_.Write(".gitignore", "/target/\n");
  const std::string head = files_.Commit("first");
  const GitRepository repository = Open();
  for (const char* folder : {"target/bench_results", "target/profiles/run"}) {
    std::filesystem::create_directories(files_.path() / folder);
    files_.Write(std::string(folder) + "/file", "ours");
  }
  EXPECT_EQ(*repository.Resolve("WORKTREE"), head);
}

TEST_F(GitRepositoryTest, TheWorkingTreeIsACommitWithoutBeingChanged) {
  files_.Write("a", "1");
  files_.Write(".gitignore", "ignored\n");
  const std::string head = files_.Commit("first");
  const GitRepository repository = Open();
  EXPECT_EQ(*repository.Resolve("WORKTREE"), head) << "nothing has changed";

  files_.Write("a", "2");
  files_.Write("new", "n");
  files_.Write("ignored", "i");
  std::filesystem::create_directories(files_.path() / "target/bench_results");
  files_.Write("target/bench_results/results.db", "ours");
  std::filesystem::create_directories(files_.path() / "target/profiles");
  files_.Write("target/profiles/profile.json", "ours");
  const std::string status = files_.Git({"status", "--porcelain"});
  const auto index = [&] {
    std::ifstream file(files_.path() / ".git/index", std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const std::string index_before = index();
  const std::string tree = *repository.Resolve("WORKTREE");
  EXPECT_EQ(index(), index_before);
  EXPECT_NE(tree, head);
  EXPECT_EQ(*repository.Resolve("WORKTREE"), tree) << "the same tree is the same commit";
  EXPECT_EQ(files_.Git({"ls-tree", "-r", "--name-only", tree}), ".gitignore\na\nnew");
  EXPECT_EQ(files_.Git({"show", tree + ":a"}), "2");
  EXPECT_EQ(files_.Git({"status", "--porcelain"}), status);
  EXPECT_EQ(files_.Git({"rev-parse", "HEAD"}), head);
}

TEST_F(GitRepositoryTest, CommitsBetweenFollowFirstParents) {
  const std::string good = files_.Commit("good");
  files_.Git({"checkout", "--quiet", "-b", "side"});
  files_.Commit("on the side");
  files_.Git({"checkout", "--quiet", "main"});
  const std::string middle = files_.Commit("middle");
  files_.Git({"merge", "--quiet", "--no-ff", "-m", "merge", "side"});
  const std::string merge = files_.Git({"rev-parse", "HEAD"});
  const GitRepository repository = Open();
  EXPECT_THAT(*repository.CommitsBetween(good, merge), ElementsAre(middle, merge));
  EXPECT_THAT(repository.Describe(merge)->parents, SizeIs(2));
  EXPECT_EQ(repository.Describe(merge)->subject, "merge");

  const auto backwards = repository.CommitsBetween(merge, good);
  ASSERT_FALSE(backwards);
  EXPECT_THAT(backwards.error().message, HasSubstr("is no ancestor of"));
  EXPECT_FALSE(repository.CommitsBetween(good, good));
}

}  // namespace
}  // namespace rapidbyte::lab
