#include "lab/commit_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/test_repository.h"

namespace rapidbyte::lab {
namespace {

using testing::ElementsAre;

class OrderOfCommitsTest : public testing::Test {
 protected:
  // The shas, in their order.
  std::vector<std::string> Order(const std::vector<DatedCommit>& commits) const {
    const auto repository = GitRepository::Open(files_.path(), nullptr);
    std::vector<std::string> shas;
    for (const size_t index : OrderOfCommits(commits, repository ? &*repository : nullptr)) {
      shas.push_back(commits[index].sha);
    }
    return shas;
  }

  TestRepository files_;
};

TEST_F(OrderOfCommitsTest, AnAncestorComesFirstHoweverLateItWasMeasured) {
  const std::string root = files_.Commit("root");
  const std::string first = files_.Commit("first");
  files_.Commit("not measured");
  const std::string second = files_.Commit("second");
  EXPECT_THAT(Order({{second, "1"}, {first, "2"}}), ElementsAre(first, second));
  EXPECT_THAT(Order({{second, "1"}, {first, "1"}, {root, "1"}}), ElementsAre(root, first, second));
  EXPECT_THAT(Order({{second, "1"}, {first, "2"}, {second, "3"}}), ElementsAre(first, second, second));
}

TEST_F(OrderOfCommitsTest, LinesBesideEachOtherGoByTime) {
  const std::string root = files_.Commit("root");
  const std::string main = files_.Commit("on main");
  files_.Git({"checkout", "--quiet", "-b", "branch", root});
  const std::string branch = files_.Commit("on a branch");
  EXPECT_THAT(Order({{branch, "1"}, {main, "2"}, {root, "0"}}), ElementsAre(root, branch, main));
  EXPECT_THAT(Order({{branch, "2"}, {main, "1"}, {root, "0"}}), ElementsAre(root, main, branch));
}

TEST_F(OrderOfCommitsTest, UnknownCommitsGoByTime) {
  const std::string root = files_.Commit("root");
  const std::string child = files_.Commit("child");
  const std::string gone(40, '1');
  EXPECT_THAT(Order({{child, "1"}, {gone, "3"}, {root, "2"}, {"unknown", "0"}, {"unknown", "4"}}),
              ElementsAre("unknown", root, child, gone, "unknown"));
  EXPECT_THAT(OrderOfCommits({{child, "1"}, {root, "2"}, {gone, "1"}}, nullptr), ElementsAre(0, 2, 1));
}

}  // namespace
}  // namespace rapidbyte::lab
