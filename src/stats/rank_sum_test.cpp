#include "stats/rank_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace rapidbyte::stats {
namespace {

using Values = std::vector<double>;

Values Exp(Values logs) {
  for (double& log : logs) log = std::exp(log);
  return logs;
}

// How many of all ways to choose n of n + m ranks have at most u pairs (chosen, not chosen) with chosen > not chosen.
double CdfByEnumeration(size_t u, size_t n, size_t m) {
  std::vector<bool> chosen(n + m, false);
  std::fill(chosen.end() - static_cast<std::ptrdiff_t>(n), chosen.end(), true);
  size_t all = 0, small = 0;
  do {
    size_t pairs = 0, below = 0;
    for (const bool is_chosen : chosen) is_chosen ? pairs += below : ++below;
    ++all;
    small += pairs <= u;
  } while (std::next_permutation(chosen.begin(), chosen.end()));
  return static_cast<double>(small) / static_cast<double>(all);
}

TEST(RankSumDistribution, AgreesWithEnumeration) {
  for (const auto& [n, m] : std::vector<std::pair<size_t, size_t>>{{1, 1}, {1, 6}, {3, 4}, {5, 5}, {7, 2}}) {
    const NullDistribution distribution = RankSumDistribution(n, m);
    ASSERT_EQ(distribution.Largest(), n * m);
    for (size_t u = 0; u <= n * m; ++u) EXPECT_NEAR(distribution.Cdf(u), CdfByEnumeration(u, n, m), 1e-12) << n << m;
  }
}

// The printed tables' critical values of U at two-sided 5%: 2 for 5 and 5, 23 for 10 and 10, 127 for 20 and 20.
TEST(RankSumDistribution, AgreesWithTables) {
  for (const auto& [n, critical] : std::vector<std::pair<size_t, size_t>>{{5, 2}, {10, 23}, {20, 127}}) {
    EXPECT_LE(2 * RankSumDistribution(n, n).Cdf(critical), 0.05) << n;
    EXPECT_GT(2 * RankSumDistribution(n, n).Cdf(critical + 1), 0.05) << n;
  }
}

TEST(RankSumDistribution, TheApproximationTakesOverSmoothly) {
  const size_t n = 28;  // the largest of two equal samples that is counted exactly
  const double mean = n * n / 2.0, deviation = std::sqrt(n * n * (2 * n + 1) / 12.0);
  const NullDistribution exact = RankSumDistribution(n, n);
  for (size_t u = 150; u < n * n - 150; u += 7) {
    const double normal = 0.5 * std::erfc(-(static_cast<double>(u) + 0.5 - mean) / deviation / std::sqrt(2.0));
    EXPECT_NEAR(exact.Cdf(u), normal, normal < 0.05 ? 0.0005 : 0.002) << u;
  }
  EXPECT_NEAR(RankSumDistribution(29, 29).Cdf(420), 0.5, 0.01);
}

// A few runs beside many keep their exact distribution: 1 of 1000 above all others.
TEST(RankSumDistribution, SmallBesideLargeIsExact) {
  EXPECT_NEAR(RankSumDistribution(1, 999).Cdf(0), 1.0 / 1000, 1e-15);
  EXPECT_NEAR(RankSumDistribution(999, 1).Cdf(0), 1.0 / 1000, 1e-15);
}

// M. Hollander and D. A. Wolfe, table 4.1 (permeability of the chorioamnion): in R, wilcox.test(x, y) gives W = 35 and,
// two-sided, p = 0.2544; wilcox.test(x, y, alternative = "greater") 0.1272.
TEST(CompareSamples, PermeabilityAsInR) {
  const Values x = Exp({0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46});
  const Values y = Exp({1.15, 0.88, 0.90, 0.74, 1.21});
  const Ratio result = *CompareSamples(x, y);
  EXPECT_EQ(result.pairs, 0u);
  EXPECT_EQ(result.numerators, 10u);
  EXPECT_EQ(result.denominators, 5u);
  EXPECT_NEAR(result.p_value, 0.2544, 0.00005);
  EXPECT_NEAR(std::log(result.estimate), 0.305, 1e-9);
}

TEST(CompareSamples, FourASideReachFromTheSmallestToTheLargestRatio) {
  const Ratio result = *CompareSamples(Values{8, 10, 12, 14}, Values{2, 4, 5, 7});
  EXPECT_NEAR(result.p_value, 2.0 / 70, 1e-15);
  ASSERT_TRUE(result.interval);
  EXPECT_NEAR(result.interval->lower, 8.0 / 7, 1e-12);
  EXPECT_NEAR(result.interval->upper, 14.0 / 2, 1e-12);
  EXPECT_FALSE(CompareSamples(Values{8, 10, 12}, Values{2, 4, 5})->interval);
}

TEST(CompareSamples, TiesFavourNoDifference) {
  const Ratio same = *CompareSamples(Values(6, 3.0), Values(6, 3.0));
  EXPECT_EQ(same.p_value, 1);
  EXPECT_EQ(same.estimate, 1);
  EXPECT_EQ(same.interval->lower, 1);
  EXPECT_EQ(same.interval->upper, 1);
  // One of 25 pairs is tied: it counts as not above, so P(U <= 1) = 2 / 252.
  EXPECT_NEAR(CompareSamples(Values{5, 6, 7, 8, 9}, Values{1, 2, 3, 4, 5})->p_value, 4.0 / 252, 1e-12);
}

TEST(CompareSamples, RefusesWhatHasNoRatio) {
  EXPECT_FALSE(CompareSamples(Values{}, Values{1}));
  EXPECT_FALSE(CompareSamples(Values{1}, Values{}));
  EXPECT_FALSE(CompareSamples(Values{1, 0}, Values{1}));
  EXPECT_FALSE(CompareSamples(Values{1}, Values{-1, 2}));
  EXPECT_FALSE(CompareSamples(Values{1}, Values{NAN}));
}

TEST(CompareSamples, IntervalAndPAlwaysAgreeAtAnyLevel) {
  size_t significant = 0;
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> noise(0, 0.1);
    Values a(5 + seed % 11), b(6 + seed % 30);
    for (double& value : a) value = std::exp(0.07 + noise(random));
    for (double& value : b) value = std::exp(noise(random));
    if (seed % 3 == 0) {  // coarse values: many ties
      for (double& value : a) value = std::round(value * 10) / 10;
      for (double& value : b) value = std::round(value * 10) / 10;
    }
    const double level = seed % 2 == 0 ? 0.95 : 0.9;
    const Ratio result = *CompareSamples(a, b, level);
    const bool outside = result.interval->lower > 1 || result.interval->upper < 1;
    EXPECT_EQ(outside, result.p_value < 1 - level) << "seed " << seed;
    EXPECT_LE(result.interval->lower, result.estimate);
    EXPECT_GE(result.interval->upper, result.estimate);
    significant += outside;

    const Ratio swapped = *CompareSamples(b, a, level);
    EXPECT_DOUBLE_EQ(swapped.p_value, result.p_value);
    EXPECT_NEAR(swapped.interval->lower * result.interval->upper, 1, 1e-12);
  }
  EXPECT_GT(significant, 200u);
  EXPECT_LT(significant, 1800u);
}

}  // namespace
}  // namespace rapidbyte::stats
