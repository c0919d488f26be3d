#include "lab/commit_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <thread>

#include "lab/test_repository.h"

namespace rapidbyte::lab {
namespace {

using testing::HasSubstr;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class BuildCommitTest : public testing::Test {
 protected:
  BuildCommitTest() {
    files_.WriteProgram("1");
    sha_ = files_.Commit("first");
    settings_.recipe = {"sh build.sh", "out/prog"};
    settings_.cache = files_.path() / "target/bench_builds";
    settings_.step = [](const std::string&, const std::function<Status()>& part) { return part(); };
  }

  Result<BuiltCommit> Build() { return Build(sha_); }
  Result<BuiltCommit> Build(const std::string& sha) {
    return BuildCommit(*GitRepository::Open(files_.path(), nullptr), sha, settings_);
  }
  std::filesystem::path Marker(const BuiltCommit& built) const { return built.worktree.string() + ".built"; }

  TestRepository files_;
  std::string sha_;
  BuildSettings settings_;
};

TEST_F(BuildCommitTest, BuildsOnceAndLeavesTheUsersTreeAlone) {
  files_.Write("uncommitted", "u");
  const std::string status = files_.Git({"status", "--porcelain"});
  const auto built = Build();
  ASSERT_TRUE(built) << built.error().message << built.error().hint;
  EXPECT_FALSE(built->was_cached);
  EXPECT_EQ(ReadFile(built->executable), ReadFile(files_.path() / "prog.sh"));
  EXPECT_FALSE(std::filesystem::exists(files_.path() / "out"));
  EXPECT_EQ(files_.Git({"status", "--porcelain"}), status) << "the cache is no new file";
  EXPECT_EQ(files_.Git({"worktree", "prune", "--dry-run"}), "");

  const auto again = Build();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_cached);
  EXPECT_EQ(again->executable, built->executable);
  EXPECT_EQ(ReadFile(built->worktree / "built.txt"), "built\n") << "the command ran once";
}

TEST_F(BuildCommitTest, AnotherCommandIsAnotherBuild) {
  const auto built = Build();
  settings_.recipe.command += " # differently";
  const auto other = Build();
  ASSERT_TRUE(built && other);
  EXPECT_FALSE(other->was_cached);
  EXPECT_NE(other->worktree, built->worktree);
}

TEST_F(BuildCommitTest, ABuildThatWasKilledHalfWayIsDoneAnew) {
  const auto killed = Build();
  ASSERT_TRUE(killed);
  std::filesystem::remove(Marker(*killed));
  std::ofstream(killed->worktree / "half.o") << "half";
  const auto anew = Build();
  ASSERT_TRUE(anew) << anew.error().message;
  EXPECT_FALSE(anew->was_cached);
  EXPECT_FALSE(std::filesystem::exists(anew->worktree / "half.o"));
}

TEST_F(BuildCommitTest, ADeletedCacheIsMadeAnew) {
  ASSERT_TRUE(Build());
  std::filesystem::remove_all(settings_.cache);
  const auto anew = Build();
  ASSERT_TRUE(anew) << anew.error().message;
  EXPECT_FALSE(anew->was_cached);
}

TEST_F(BuildCommitTest, AFailingBuildTellsItsLastLinesAndIsTriedAgain) {
  files_.Write("build.sh", "echo all is well\necho prog.c: no such thing >&2\nexit 3\n");
  const std::string broken = files_.Commit("broken");
  for (int i = 0; i < 2; ++i) {
    const auto built = Build(broken);
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(built.error().message, HasSubstr("exited with 3"));
    EXPECT_THAT(built.error().hint, testing::AllOf(HasSubstr("prog.c: no such thing"), HasSubstr(".log")));
  }
}

TEST_F(BuildCommitTest, ABuildWithoutItsProductIsAnError) {
  settings_.recipe.product = "out/prg";
  const auto built = Build();
  ASSERT_FALSE(built);
  EXPECT_THAT(built.error().message, HasSubstr("made no program out/prg"));
  EXPECT_THAT(built.error().hint, HasSubstr("--binary"));
}

TEST_F(BuildCommitTest, TwoAtATimeBuildOnce) {
  files_.Write("build.sh", "sleep 0.3\nmkdir -p out\ncp prog.sh out/prog\nchmod +x out/prog\n");
  const std::string slow = files_.Commit("slow");
  std::optional<Result<BuiltCommit>> other;
  std::thread thread([&] { other = Build(slow); });
  const auto built = Build(slow);
  thread.join();
  ASSERT_TRUE(built && *other);
  EXPECT_NE(built->was_cached, (*other)->was_cached);
}

TEST_F(BuildCommitTest, AnInterruptEndsABuild) {
  files_.Write("build.sh", "sleep 60\n");
  const std::string endless = files_.Commit("endless");
  Interrupt interrupt;
  settings_.interrupt = &interrupt;
  std::thread thread([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    interrupt.Trigger();
  });
  const auto built = Build(endless);
  thread.join();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace rapidbyte::lab
