#include "analysis/bisection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::analysis {
namespace {

using testing::ElementsAre;

// Looks as long as there is something to look at, at commits of which those from `first_bad` on are bad.
size_t Search(Bisection& bisection, size_t first_bad) {
  size_t looks = 0;
  while (const auto next = bisection.Next()) {
    bisection.Mark(*next, *next < first_bad ? Side::kGood : Side::kBad);
    ++looks;
  }
  return looks;
}

TEST(Bisection, FindsEveryCommitOfEveryRow) {
  for (size_t commits = 1; commits <= 40; ++commits) {
    size_t most = 0;
    for (size_t first_bad = 0; first_bad < commits; ++first_bad) {
      Bisection bisection(commits);
      most = std::max(most, Search(bisection, first_bad));
      EXPECT_EQ(bisection.first_bad(), first_bad);
      EXPECT_THAT(bisection.Suspects(), ElementsAre(first_bad));
      EXPECT_EQ(bisection.last_good().has_value(), first_bad > 0);
    }
    EXPECT_EQ(most, Bisection::MostLooks(commits)) << commits;
  }
}

TEST(Bisection, TriesTheNeighboursOfASkippedCommit) {
  Bisection bisection(9);
  const size_t middle = *bisection.Next();
  EXPECT_EQ(middle, 4u);
  bisection.Mark(middle, Side::kSkipped);
  EXPECT_EQ(*bisection.Next(), 3u);
  bisection.Mark(3, Side::kGood);
  Search(bisection, 5);
  EXPECT_EQ(bisection.first_bad(), 5u);
  EXPECT_THAT(bisection.Suspects(), ElementsAre(4u, 5u)) << "nobody knows of the skipped one";
}

TEST(Bisection, ASkippedCommitElsewhereLeavesNoDoubt) {
  Bisection bisection(9);
  bisection.Mark(4, Side::kSkipped);
  Search(bisection, 7);
  EXPECT_THAT(bisection.Suspects(), ElementsAre(7u));
}

TEST(Bisection, WhereAllAreSkippedAllAreSuspects) {
  Bisection bisection(3);
  while (const auto next = bisection.Next()) bisection.Mark(*next, Side::kSkipped);
  EXPECT_FALSE(bisection.last_good());
  EXPECT_THAT(bisection.Suspects(), ElementsAre(0u, 1u, 2u));
}

stats::Decision Inconclusive(double estimate, bool significant) {
  stats::Decision decision;
  decision.ratio = stats::Ratio{.pairs = 20, .numerators = 20, .denominators = 20, .estimate = estimate};
  decision.significant = significant;
  return decision;
}

TEST(SideOf, FollowsTheVerdict) {
  stats::Decision decision;
  decision.verdict = stats::Verdict::kRegressed;
  EXPECT_EQ(SideOf(decision), Side::kBad);
  decision.verdict = stats::Verdict::kUnchanged;
  EXPECT_EQ(SideOf(decision), Side::kGood);
  decision.verdict = stats::Verdict::kImproved;
  EXPECT_EQ(SideOf(decision), Side::kGood);
}

TEST(SideOf, SurelyWorseIsBadWhereTheThresholdDoesNotDecide) {
  EXPECT_EQ(SideOf(Inconclusive(1.05, true)), Side::kBad);
  EXPECT_EQ(SideOf(Inconclusive(0.95, true)), Side::kGood);
  EXPECT_EQ(SideOf(Inconclusive(1.05, false)), Side::kUnknown);
  stats::Decision throughput = Inconclusive(0.95, true);
  throughput.direction = stats::Direction::kHigherIsBetter;
  EXPECT_EQ(SideOf(throughput), Side::kBad);
  EXPECT_EQ(SideOf(stats::Decision()), Side::kUnknown);
}

}  // namespace
}  // namespace rapidbyte::analysis
