#include "analysis/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace rapidbyte::analysis {
namespace {

using stats::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;

Observation Value(const std::string& commit, const std::string& mode, const std::string& run, uint32_t block,
                  double value) {
  return {{{"commit", commit}, {"load_method", mode}}, run, block, value};
}

// Blocks with a drift that hits both sides, and a small difference that only pairs can see.
std::vector<Observation> Interleaved(const std::string& mode, double ratio, uint32_t blocks) {
  std::vector<Observation> values;
  for (uint32_t block = 0; block < blocks; ++block) {
    const double drift = 1 + 0.3 * block;
    const double wobble = 1 + 0.001 * (block % 3);
    values.push_back(Value("old", mode, "together", block, drift));
    values.push_back(Value("new", mode, "together", block, drift * ratio * wobble));
  }
  return values;
}

Projection OldAgainstNew() { return {std::string(kCommitDimension), {"old", "new"}, {}, {}}; }

TEST(Compare, PairsWhatWasInterleavedByBlock) {
  std::vector<Observation> values = Interleaved("copy", 1.05, 12);
  const std::vector<Observation> insert = Interleaved("insert", 0.90, 12);
  values.insert(values.end(), insert.begin(), insert.end());
  const auto comparison = Compare(values, OldAgainstNew(), MetricRule());
  ASSERT_TRUE(comparison) << comparison.error().message;
  ASSERT_EQ(comparison->cells.size(), 2u);
  const ComparedCell& copy = comparison->cells[0];
  EXPECT_EQ(copy.row, (record::CellKey{{"load_method", "copy"}}));
  EXPECT_EQ(copy.decision.design, stats::Design::kPaired);
  EXPECT_EQ(copy.decision.verdict, Verdict::kRegressed);
  EXPECT_NEAR(copy.decision.ratio->estimate, 1.05, 0.002);
  EXPECT_EQ(copy.decision.family, 2u);
  EXPECT_EQ(comparison->cells[1].decision.verdict, Verdict::kImproved);
  EXPECT_EQ(comparison->Count(Verdict::kRegressed), 1u);
  EXPECT_NEAR(comparison->Mean(1).ratio, std::sqrt(1.05 * 0.90), 0.002);
}

TEST(Compare, RunsThatWereNotInterleavedCompareAsRuns) {
  std::vector<Observation> values;
  for (uint32_t block = 0; block < 30; ++block) {
    values.push_back(Value("old", "copy", "monday", block, 1 + 0.001 * block));
    values.push_back(Value("new", "copy", "tuesday", block, 2 + 0.001 * block));
  }
  const auto one_run = Compare(values, OldAgainstNew(), MetricRule());
  ASSERT_TRUE(one_run);
  EXPECT_EQ(one_run->cells[0].decision.verdict, Verdict::kInconclusive);
  EXPECT_EQ(one_run->cells[0].decision.obstacle, stats::Obstacle::kOneRunASide) << "sixty values, but two runs";

  for (int run = 0; run < 7; ++run) {
    values.push_back(Value("old", "copy", "old" + std::to_string(run), 0, 1 + 0.01 * run));
    values.push_back(Value("new", "copy", "new" + std::to_string(run), 0, 2 + 0.01 * run));
  }
  const auto many_runs = Compare(values, OldAgainstNew(), MetricRule());
  ASSERT_TRUE(many_runs);
  EXPECT_EQ(many_runs->cells[0].decision.design, stats::Design::kUnpaired);
  EXPECT_EQ(many_runs->cells[0].decision.verdict, Verdict::kRegressed);
  EXPECT_EQ(many_runs->cells[0].runs_before, 8u);
}

TEST(Compare, PooledPairsOfOneBlockCountOnce) {
  std::vector<Observation> values = Interleaved("copy", 1.10, 8);
  for (const Observation& value : Interleaved("insert", 1.20, 8)) values.push_back(value);
  Projection pooled = OldAgainstNew();
  pooled.ignore = {"load_method"};
  const auto comparison = Compare(values, pooled, MetricRule());
  ASSERT_TRUE(comparison) << comparison.error().message;
  ASSERT_EQ(comparison->cells.size(), 1u);
  const ComparedCell& cell = comparison->cells[0];
  EXPECT_EQ(cell.decision.ratio->pairs, 8u) << "what a block does to one cell it does to the other";
  EXPECT_NEAR(cell.decision.ratio->estimate, std::sqrt(1.10 * 1.20), 0.002);
  EXPECT_EQ(cell.unpaired, 0u);
  EXPECT_EQ(cell.before.n, 16u);
}

TEST(Compare, AValueWithoutItsPartnerIsCountedAndLeftOut) {
  std::vector<Observation> values = Interleaved("copy", 1.0, 8);
  values.push_back(Value("new", "copy", "together", 99, 1000));
  const auto comparison = Compare(values, OldAgainstNew(), MetricRule());
  ASSERT_TRUE(comparison);
  EXPECT_EQ(comparison->cells[0].unpaired, 1u);
  EXPECT_EQ(comparison->cells[0].decision.ratio->pairs, 8u);
}

TEST(Compare, AnyDimensionMakesTheColumnsAndOthersArePooled) {
  std::vector<Observation> values = Interleaved("copy", 1.0, 8);
  for (const Observation& insert : Interleaved("insert", 1.0, 8)) {
    values.push_back(insert);
    values.back().value *= 2;
  }
  const auto comparison = Compare(values, {"load_method", {"copy", "insert"}, {}, {"commit"}}, MetricRule());
  ASSERT_TRUE(comparison) << comparison.error().message;
  ASSERT_EQ(comparison->cells.size(), 1u);
  EXPECT_TRUE(comparison->cells[0].row.empty());
  EXPECT_EQ(comparison->cells[0].decision.ratio->pairs, 8u) << "the two commits of a block count as one";
  EXPECT_NEAR(comparison->cells[0].decision.ratio->estimate, 2, 0.01);
}

TEST(Compare, SaysWhichRowsOneSideLacks) {
  std::vector<Observation> values = Interleaved("copy", 1.0, 8);
  values.push_back(Value("new", "insert", "together", 0, 1));
  const auto comparison = Compare(values, OldAgainstNew(), MetricRule());
  ASSERT_TRUE(comparison);
  EXPECT_THAT(comparison->only_after, ElementsAre(record::CellKey{{"load_method", "insert"}}));
  EXPECT_TRUE(comparison->only_before.empty());
}

// Two load methods beside a pipe that knows none, in one campaign.
std::vector<Observation> OursBesideAPipe(uint32_t blocks) {
  std::vector<Observation> values;
  for (uint32_t block = 0; block < blocks; ++block) {
    const double drift = 1 + 0.3 * block;
    const double wobble = 1 + 0.001 * (block % 3);
    values.push_back({{{"subject", "pipe"}}, "together", block, drift});
    values.push_back({{{"subject", "ours"}, {"load_method", "copy"}}, "together", block, drift * wobble * 0.9});
    values.push_back({{{"subject", "ours"}, {"load_method", "insert"}}, "together", block, drift * wobble * 2});
  }
  return values;
}

TEST(Compare, ASubjectThatLacksAParameterIsPairedWithEveryValueOfIt) {
  for (const auto& [columns, copy, insert] :
       {std::tuple{std::vector<std::string>{"pipe", "ours"}, Verdict::kImproved, Verdict::kRegressed},
        std::tuple{std::vector<std::string>{"ours", "pipe"}, Verdict::kRegressed, Verdict::kImproved}}) {
    const auto comparison = Compare(OursBesideAPipe(12), {"subject", columns, {}, {}}, MetricRule());
    ASSERT_TRUE(comparison) << comparison.error().message;
    ASSERT_EQ(comparison->cells.size(), 2u);
    EXPECT_EQ(comparison->cells[0].row, (record::CellKey{{"load_method", "copy"}}));
    EXPECT_EQ(comparison->cells[0].decision.verdict, copy);
    EXPECT_EQ(comparison->cells[1].decision.verdict, insert);
    for (const ComparedCell& cell : comparison->cells) {
      EXPECT_EQ(cell.decision.design, stats::Design::kPaired);
      EXPECT_EQ(cell.decision.ratio->pairs, 12u);
      EXPECT_EQ(cell.unpaired, 0u);
    }
    EXPECT_TRUE(comparison->only_before.empty() && comparison->only_after.empty());
  }
}

TEST(Compare, SubjectsWithParametersOfTheirOwnAreDecidedBeforeTheLastBlock) {
  const auto comparison =
      Compare(OursBesideAPipe(30), {"subject", {"pipe", "ours"}, {}, {}}, MetricRule(), Stopping{0, 30, 60, false});
  ASSERT_TRUE(comparison);
  EXPECT_TRUE(AllDecided(*comparison));
}

TEST(Compare, NamesTheNearestDimension) {
  const auto comparison = Compare(Interleaved("copy", 1.0, 8), {"comit", {"old", "new"}, {}, {}}, MetricRule());
  ASSERT_FALSE(comparison);
  EXPECT_THAT(comparison.error().message, HasSubstr("no sample has a parameter \"comit\""));
  EXPECT_THAT(comparison.error().hint, HasSubstr("did you mean \"commit\"?"));
}

TEST(Compare, NeedsTwoColumnsWithACellInCommon) {
  EXPECT_FALSE(Compare(Interleaved("copy", 1.0, 8), {"commit", {"old"}, {}, {}}, MetricRule()));
  const std::vector<Observation> apart = {Value("old", "copy", "a", 0, 1), Value("new", "insert", "a", 0, 1)};
  EXPECT_FALSE(Compare(apart, OldAgainstNew(), MetricRule()));
}

TEST(Compare, DecidesAtTheLooksThatACampaignTook) {
  const std::vector<Observation> values = Interleaved("copy", 1.05, 30);
  const auto planned = Compare(values, OldAgainstNew(), MetricRule(), Stopping{0, 30, 60, false});
  ASSERT_TRUE(planned);
  EXPECT_TRUE(AllDecided(*planned));
  EXPECT_EQ(planned->cells[0].decision.verdict, Verdict::kRegressed);
  EXPECT_LT(planned->cells[0].decision.ratio->pairs, 30u) << "decided at an earlier look, and that stands";

  const auto too_early = Compare(values, OldAgainstNew(), MetricRule(), Stopping{0, 3, 60, false});
  ASSERT_TRUE(too_early);
  EXPECT_FALSE(AllDecided(*too_early));
}

}  // namespace
}  // namespace rapidbyte::analysis
