#include "stats/summary.h"

#include <gtest/gtest.h>

namespace rapidbyte::stats {
namespace {

TEST(Summarize, NothingGivesZeros) {
  const Summary summary = Summarize({});
  EXPECT_EQ(summary.n, 0u);
  EXPECT_EQ(summary.median, 0);
}

TEST(Summarize, OneValueIsAllOfThem) {
  const Summary summary = Summarize({3.5});
  EXPECT_EQ(summary.n, 1u);
  EXPECT_EQ(summary.min, 3.5);
  EXPECT_EQ(summary.lower_quartile, 3.5);
  EXPECT_EQ(summary.median, 3.5);
  EXPECT_EQ(summary.max, 3.5);
}

TEST(Summarize, OrderDoesNotMatter) {
  const Summary summary = Summarize({4, 1, 3, 2});
  EXPECT_EQ(summary.n, 4u);
  EXPECT_EQ(summary.min, 1);
  EXPECT_DOUBLE_EQ(summary.lower_quartile, 1.75);
  EXPECT_DOUBLE_EQ(summary.median, 2.5);
  EXPECT_DOUBLE_EQ(summary.upper_quartile, 3.25);
  EXPECT_EQ(summary.max, 4);
}

TEST(FarOutFences, AreThreeRangesBeyondTheQuartiles) {
  const auto fences = FarOutFences(Summarize({1, 2, 3, 4, 5, 6, 7, 8, 9}));  // quartiles 3 and 7
  ASSERT_TRUE(fences);
  EXPECT_DOUBLE_EQ(fences->lower, -9);
  EXPECT_DOUBLE_EQ(fences->upper, 19);
}

TEST(FarOutFences, TakeAtLeastOnePerCentOfTheMedianForTheRange) {
  const auto fences = FarOutFences(Summarize({100, 100, 100, 100, 100, 100}));
  ASSERT_TRUE(fences);
  EXPECT_DOUBLE_EQ(fences->lower, 97);
  EXPECT_DOUBLE_EQ(fences->upper, 103);
}

TEST(FarOutFences, NeedSixValues) { EXPECT_FALSE(FarOutFences(Summarize({1, 1, 1, 1, 9}))); }

TEST(Quantile, IsLinearBetweenNeighbours) {
  const std::vector<double> sorted = {10, 20, 40};
  EXPECT_DOUBLE_EQ(Quantile(sorted, 0), 10);
  EXPECT_DOUBLE_EQ(Quantile(sorted, 0.25), 15);
  EXPECT_DOUBLE_EQ(Quantile(sorted, 0.9), 36);
  EXPECT_DOUBLE_EQ(Quantile(sorted, 1), 40);
}

TEST(RobustDeviation, IsThatOfNormalDifferencesWithTheSameMedianOrUpperQuantile) {
  EXPECT_NEAR(RobustDeviation({-1, 1, -1, 1, 1e9}, 0.75), 1 / 0.6745, 1e-4);
  EXPECT_NEAR(RobustDeviation({0, 0, 0, 0, 0, 0, 0, 0, 20, -20, 20}, 0.9), 20 / 1.6449, 1e-3);
  EXPECT_EQ(RobustDeviation({0, 0, 0}, 0.9), 0);
}

}  // namespace
}  // namespace rapidbyte::stats
