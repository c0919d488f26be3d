#include "stats/trend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace rapidbyte::stats {
namespace {

std::vector<double> Places(size_t n) {
  std::vector<double> places(n);
  std::iota(places.begin(), places.end(), 0);
  return places;
}

TEST(Trend, OfARisingSeriesIsExact) {
  const auto trend = FindTrend(Places(5), std::vector<double>{1, 3, 5, 7, 9});
  ASSERT_TRUE(trend);
  EXPECT_DOUBLE_EQ(trend->slope, 2);
  EXPECT_DOUBLE_EQ(trend->p_value, 2.0 / 120) << "one of 5! orders, and its mirror";
}

TEST(Trend, OfAFallingSeriesHasTheSameP) {
  const auto trend = FindTrend(Places(5), std::vector<double>{9, 7, 5, 3, 1});
  EXPECT_DOUBLE_EQ(trend->slope, -2);
  EXPECT_DOUBLE_EQ(trend->p_value, 2.0 / 120);
}

TEST(Trend, CountsOneExchangeByHand) {
  // Of four values with one pair in disorder: 1 + 3 of 24 orders have at most one, doubled.
  const auto trend = FindTrend(Places(4), std::vector<double>{1, 3, 2, 4});
  EXPECT_DOUBLE_EQ(trend->p_value, 8.0 / 24);
}

TEST(Trend, TiesCountForNoTrend) {
  const auto trend = FindTrend(Places(6), std::vector<double>{2, 2, 2, 2, 2, 2});
  EXPECT_EQ(trend->slope, 0);
  EXPECT_EQ(trend->p_value, 1);
}

TEST(Trend, HoldsItsPlacesApart) {
  const auto trend = FindTrend(std::vector<double>{0, 1, 10}, std::vector<double>{0, 1, 10});
  EXPECT_DOUBLE_EQ(trend->slope, 1);
}

TEST(Trend, SeesATrendThroughWildValues) {
  std::vector<double> values = Places(30);
  values[3] = 1e9;
  const auto trend = FindTrend(Places(30), values);
  EXPECT_NEAR(trend->slope, 1, 1e-9);
  EXPECT_LT(trend->p_value, 1e-6);
}

TEST(Trend, NeedsTwoValues) { EXPECT_FALSE(FindTrend(Places(1), std::vector<double>{1})); }

TEST(Trend, RarelyFindsOneInNoise) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (const size_t n : {size_t{8}, size_t{18}, size_t{19}, size_t{60}}) {
    size_t found = 0;
    for (int i = 0; i < 600; ++i) {
      std::vector<double> values(n);
      for (double& value : values) value = normal(random);
      found += FindTrend(Places(n), values)->p_value <= 0.05;
    }
    EXPECT_LE(found, 50u) << n;
    EXPECT_GE(found, 8u) << n;
  }
}

}  // namespace
}  // namespace rapidbyte::stats
