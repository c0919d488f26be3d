#include "stats/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace rapidbyte::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Values = std::vector<double>;

Values Ones(size_t n) { return Values(n, 1.0); }

// n values whose logarithms lie evenly from `middle` - spread to `middle` + spread: their median is exp(middle).
Values Around(double middle, double spread, size_t n) {
  Values values;
  for (size_t i = 0; i < n; ++i) {
    values.push_back(std::exp(middle + spread * (2 * static_cast<double>(i) / static_cast<double>(n - 1) - 1)));
  }
  return values;
}

Decision DecideOne(const Values& before, const Values& after, Direction direction = Direction::kLowerIsBetter,
                   Design design = Design::kPaired) {
  const Comparison comparison{.before = before, .after = after, .design = design, .direction = direction};
  return Decide(std::span(&comparison, 1)).front();
}

TEST(Decide, SlowerFasterAndTheSame) {
  EXPECT_EQ(DecideOne(Ones(12), Around(0.05, 0.02, 12)).verdict, Verdict::kRegressed);
  EXPECT_EQ(DecideOne(Ones(12), Around(-0.05, 0.02, 12)).verdict, Verdict::kImproved);
  EXPECT_EQ(DecideOne(Ones(12), Around(0, 0.01, 12)).verdict, Verdict::kUnchanged);
  EXPECT_EQ(DecideOne(Ones(12), Around(0.01, 0.1, 12)).verdict, Verdict::kInconclusive);
}

TEST(Decide, DirectionTurnsTheVerdict) {
  EXPECT_EQ(DecideOne(Ones(12), Around(0.05, 0.02, 12), Direction::kHigherIsBetter).verdict, Verdict::kImproved);
  EXPECT_EQ(DecideOne(Ones(12), Around(-0.05, 0.02, 12), Direction::kHigherIsBetter).verdict, Verdict::kRegressed);
  EXPECT_EQ(DecideOne(Ones(12), Around(0, 0.01, 12), Direction::kHigherIsBetter).verdict, Verdict::kUnchanged);
}

// Significant, but by less than anyone asks for: that it lies within the threshold is what is shown.
TEST(Decide, ASignificantDifferenceWithinTheThresholdIsUnchanged) {
  const Decision decision = DecideOne(Ones(20), Around(0.005, 0.004, 20));
  EXPECT_TRUE(decision.significant);
  EXPECT_FALSE(decision.beyond_threshold);
  EXPECT_TRUE(decision.equivalent);
  EXPECT_EQ(decision.verdict, Verdict::kUnchanged);
}

// An estimate at the threshold with all values on one side: significant, no change, and not equivalent either.
TEST(Decide, AtTheThresholdItIsInconclusive) {
  const Decision decision = DecideOne(Ones(20), Around(std::log(1.0149), 0.004, 20));
  EXPECT_TRUE(decision.significant);
  EXPECT_FALSE(decision.equivalent);
  EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
  EXPECT_EQ(Explain(decision).back(),
            "No sensible number of blocks would decide: the ratio lies too near the threshold.");
}

TEST(Decide, EqualValuesAreUnchanged) {
  const Decision decision = DecideOne(Ones(6), Ones(6));
  EXPECT_EQ(decision.ratio->p_value, 1);
  EXPECT_EQ(decision.verdict, Verdict::kUnchanged);
}

// Seven blocks that agree give p = 2/2^7 = 0.0156: below 5%, yet no single comparison is decided above 1%.
TEST(Decide, ASinglePMustBeBelowOnePercent) {
  const Decision seven = DecideOne(Ones(7), Around(0.1, 0.02, 7));
  EXPECT_DOUBLE_EQ(seven.adjusted_p, 2.0 / 128);
  EXPECT_EQ(seven.verdict, Verdict::kInconclusive);
  EXPECT_THAT(Explain(seven)[1], HasSubstr("p is above 0.01"));
  EXPECT_EQ(DecideOne(Ones(8), Around(0.1, 0.02, 8)).verdict, Verdict::kRegressed);
}

TEST(Decide, HolmCountsTheWholeMatrix) {
  const Values ones = Ones(11), slower = Around(0.1, 0.02, 11);
  std::vector<Comparison> cells(54, {.before = ones, .after = ones});
  cells[7].after = slower;  // p = 2/2^11 = 0.00098, times 54 is 0.053
  EXPECT_EQ(Decide(cells)[7].verdict, Verdict::kInconclusive);
  EXPECT_NEAR(Decide(cells)[7].adjusted_p, 54 * 2.0 / 2048, 1e-12);
  cells.resize(51);  // times 51 is 0.0498
  EXPECT_EQ(Decide(cells)[7].verdict, Verdict::kRegressed);
  EXPECT_EQ(Decide(cells, {}, 54)[7].verdict, Verdict::kInconclusive);
  EXPECT_EQ(Decide(cells, {}, 54)[7].family, 54u);
}

TEST(Decide, TooFewBlocksGiveNoInterval) {
  const Decision decision = DecideOne(Ones(5), Around(0.5, 0.01, 5));
  EXPECT_EQ(decision.obstacle, Obstacle::kFewBlocks);
  EXPECT_FALSE(decision.ratio->interval);
  EXPECT_FALSE(decision.equivalence_interval);
  EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
  EXPECT_EQ(Explain(decision)[0], "An interval needs 6 blocks; there are 5.");
  EXPECT_EQ(DecideOne(Ones(5), Ones(5)).verdict, Verdict::kInconclusive);
  EXPECT_EQ(*BlocksToDecide(decision), 8u);
}

TEST(Decide, OneRunASideSaysNothing) {
  for (const size_t other : {1, 300}) {
    const Decision decision =
        DecideOne(Ones(1), Around(1, 0.01, other + 1), Direction::kLowerIsBetter, Design::kUnpaired);
    EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
    EXPECT_EQ(Explain(decision)[0], "One run a side: the variance between runs is unknown.");
  }
  const Decision three = DecideOne(Ones(3), Around(1, 0.01, 3), Direction::kLowerIsBetter, Design::kUnpaired);
  EXPECT_EQ(Explain(three)[0], "An interval needs 4 runs a side.");
}

TEST(Decide, IndependentRuns) {
  const Values before = Around(0, 0.01, 8), slower = Around(0.05, 0.01, 9), wild = Around(0.05, 0.3, 9);
  EXPECT_EQ(DecideOne(before, slower, Direction::kLowerIsBetter, Design::kUnpaired).verdict, Verdict::kRegressed);
  EXPECT_EQ(DecideOne(before, wild, Direction::kLowerIsBetter, Design::kUnpaired).verdict, Verdict::kInconclusive);
  EXPECT_EQ(DecideOne(before, before, Direction::kLowerIsBetter, Design::kUnpaired).verdict, Verdict::kUnchanged);
}

TEST(Decide, WhereThereIsNoRatio) {
  for (const double value : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    Values after = Ones(10);
    after[3] = value;
    const Decision decision = DecideOne(Ones(10), after);
    EXPECT_EQ(decision.obstacle, Obstacle::kNoRatio);
    EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
    EXPECT_FALSE(decision.ratio);
    EXPECT_THAT(Explain(decision), ElementsAre("A value is zero, negative or not a number: there is no ratio."));
  }
  EXPECT_EQ(DecideOne({}, {}).obstacle, Obstacle::kNoValues);
  EXPECT_EQ(Explain(DecideOne({}, {}))[0], "No values to compare.");
  EXPECT_TRUE(Decide({}).empty());
}

TEST(Decide, IsDeterministicAndIgnoresTheOrderOfBlocks) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0.01, 0.03);
  Values after;
  for (int i = 0; i < 20; ++i) after.push_back(std::exp(noise(random)));
  const Decision one = DecideOne(Ones(20), after);
  std::shuffle(after.begin(), after.end(), random);
  const Decision other = DecideOne(Ones(20), after);
  EXPECT_EQ(one.ratio->estimate, other.ratio->estimate);
  EXPECT_EQ(one.ratio->p_value, other.ratio->p_value);
  EXPECT_EQ(Explain(one), Explain(other));
}

// The 12 log ratios are 0.03 + 0.04 i/11, their pairwise means 0.03 + 0.04 (i + j)/22. The 95% interval starts at the
// 14th smallest of these, where i + j = 6, the 90% interval at the 18th, where i + j = 7.
TEST(Explain, NamesWhatTheVerdictRestsOn) {
  const Decision decision = DecideOne(Ones(12), Around(0.05, 0.02, 12));
  EXPECT_THAT(
      Explain(decision),
      ElementsAre("The estimate is +5.13% (12 blocks), 95% interval +4.18% to +6.09%; it lies beyond the threshold "
                  "of 1.5%.",
                  "p = 0.000488; after Holm's correction for 1 cell 0.000488, at most 0.05: significant.",
                  "The 90% interval +4.37% to +5.89% does not lie within -1.48% to +1.50%: equivalence is not "
                  "shown."));
}

TEST(Explain, SaysHowManyBlocksWouldDecide) {
  const Decision decision = DecideOne(Ones(12), Around(0.01, 0.1, 12));
  const auto blocks = BlocksToDecide(decision);
  ASSERT_TRUE(blocks);
  EXPECT_GT(*blocks, 12u);
  EXPECT_EQ(Explain(decision).back(),
            "About " + std::to_string(*blocks) + " blocks would decide, if the estimate is right.");
  EXPECT_FALSE(BlocksToDecide(DecideOne(Ones(12), Around(0.05, 0.02, 12))));  // decided
  EXPECT_THAT(Explain(DecideOne(Ones(12), Around(0, 9, 12))).back(), HasSubstr("No sensible number of blocks"));
}

TEST(GeometricMeanOf, SkipsCellsWithoutARatio) {
  std::vector<Decision> decisions(3);
  decisions[0].ratio = Ratio{.estimate = 2};
  decisions[2].ratio = Ratio{.estimate = 0.125};
  EXPECT_EQ(GeometricMeanOf(decisions).n, 2u);
  EXPECT_DOUBLE_EQ(GeometricMeanOf(decisions).ratio, 0.5);
  EXPECT_EQ(GeometricMeanOf({}).n, 0u);
  EXPECT_EQ(GeometricMeanOf({}).ratio, 1);
}

TEST(VerdictName, IsOneWord) {
  EXPECT_STREQ(VerdictName(Verdict::kRegressed), "regressed");
  EXPECT_STREQ(VerdictName(Verdict::kImproved), "improved");
  EXPECT_STREQ(VerdictName(Verdict::kUnchanged), "unchanged");
  EXPECT_STREQ(VerdictName(Verdict::kInconclusive), "inconclusive");
}

}  // namespace
}  // namespace rapidbyte::stats
