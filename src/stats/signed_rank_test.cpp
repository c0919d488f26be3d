#include "stats/signed_rank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace rapidbyte::stats {
namespace {

// Pairs whose log ratios are the given numbers.
PairedRatio CompareLogs(const std::vector<double>& logs, double level = 0.95) {
  std::vector<double> numerator;
  for (const double log : logs) numerator.push_back(std::exp(log));
  return *ComparePairs(numerator, std::vector<double>(logs.size(), 1.0), level);
}

struct Pairs {
  std::vector<double> a, b;
};

Pairs RandomPairs(uint64_t seed, size_t n, double log_shift, double spread) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, spread);
  Pairs pairs;
  for (size_t i = 0; i < n; ++i) {
    const double block = std::exp(noise(random));  // a drift that hits both alike
    pairs.a.push_back(block * std::exp(log_shift + noise(random)));
    pairs.b.push_back(block);
  }
  return pairs;
}

TEST(SignedRankCdf, AgreesWithTables) {
  // n = 3: the rank sums of the eight subsets are 0 1 2 3 3 4 5 6.
  EXPECT_DOUBLE_EQ(SignedRankCdf(0, 3), 1.0 / 8);
  EXPECT_DOUBLE_EQ(SignedRankCdf(2, 3), 3.0 / 8);
  EXPECT_DOUBLE_EQ(SignedRankCdf(3, 3), 5.0 / 8);
  EXPECT_DOUBLE_EQ(SignedRankCdf(6, 3), 1);
  // Critical values of the printed tables at two-sided 5%: 0 for n = 6, 8 for n = 10, 52 for n = 20.
  EXPECT_DOUBLE_EQ(2 * SignedRankCdf(0, 6), 0.03125);
  EXPECT_LT(2 * SignedRankCdf(8, 10), 0.05);
  EXPECT_GT(2 * SignedRankCdf(9, 10), 0.05);
  EXPECT_LT(2 * SignedRankCdf(52, 20), 0.05);
  EXPECT_GT(2 * SignedRankCdf(53, 20), 0.05);
}

TEST(SignedRankCdf, IsSymmetric) {
  for (const size_t n : {1, 2, 7, 20, 49, 50, 80}) {
    const size_t largest = n * (n + 1) / 2;
    for (size_t w = 0; w < largest; w += 3) {
      EXPECT_NEAR(SignedRankCdf(w, n), 1 - SignedRankCdf(largest - w - 1, n), 1e-12) << n << " " << w;
    }
  }
}

// At n = 49 the exact distribution and the approximation that takes over at 50 are next to each other.
TEST(SignedRankCdf, TheApproximationTakesOverSmoothly) {
  const double n = 49;
  const double mean = n * (n + 1) / 4;
  const double deviation = std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
  for (size_t w = 300; w <= 900; w += 10) {
    const double normal = 0.5 * std::erfc(-(static_cast<double>(w) + 0.5 - mean) / deviation / std::sqrt(2.0));
    EXPECT_NEAR(SignedRankCdf(w, 49), normal, normal < 0.05 ? 0.0005 : 0.002) << w;
  }
}

// C. Darwin's fifteen pairs of maize plants (The Effects of Cross and Self Fertilisation, 1876), in eighths of an
// inch. Their rank sum of negative differences is 24 with a tie of 14s, which does not cross zero: p = 0.0413.
TEST(ComparePairs, DarwinsMaize) {
  const PairedRatio result = CompareLogs({49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48});
  EXPECT_EQ(result.pairs, 15u);
  EXPECT_NEAR(result.p_value, 0.0413, 0.0001);
  ASSERT_TRUE(result.interval);
  EXPECT_GT(result.interval->lower, 1.0);
  EXPECT_NEAR(std::log(result.estimate), 25.0, 1.0);
}

TEST(ComparePairs, SixPairsReachFromTheSmallestToTheLargest) {
  const PairedRatio result = CompareLogs({0.1, 0.2, 0.3, 0.4, 0.5, 0.6});
  EXPECT_DOUBLE_EQ(result.p_value, 0.03125);
  ASSERT_TRUE(result.interval);
  EXPECT_NEAR(result.interval->lower, std::exp(0.1), 1e-12);
  EXPECT_NEAR(result.interval->upper, std::exp(0.6), 1e-12);
  EXPECT_NEAR(result.estimate, std::exp(0.35), 1e-12);
}

TEST(ComparePairs, TenPairsCutOffEightAtEachEnd) {
  // The log ratios 1, 2, 4, …, 512 have 55 different pairwise means; with n = 10 the interval starts at the ninth.
  std::vector<double> logs;
  for (int i = 0; i < 10; ++i) logs.push_back(std::exp2(i) / 512);
  std::vector<double> means;
  for (size_t i = 0; i < logs.size(); ++i) {
    for (size_t j = i; j < logs.size(); ++j) means.push_back((logs[i] + logs[j]) / 2);
  }
  std::sort(means.begin(), means.end());
  const PairedRatio result = CompareLogs(logs);
  ASSERT_TRUE(result.interval);
  EXPECT_NEAR(std::log(result.interval->lower), means[8], 1e-12);
  EXPECT_NEAR(std::log(result.interval->upper), means[46], 1e-12);
}

TEST(ComparePairs, FivePairsHaveNoInterval) {
  const PairedRatio result = CompareLogs({0.1, 0.2, 0.3, 0.4, 0.5});
  EXPECT_DOUBLE_EQ(result.p_value, 0.0625);
  EXPECT_FALSE(result.interval);
  EXPECT_NEAR(result.estimate, std::exp(0.3), 1e-12);
  EXPECT_EQ(CompareLogs({0.5}).pairs, 1u);
}

TEST(ComparePairs, RefusesWhatHasNoRatio) {
  using Values = std::vector<double>;
  EXPECT_FALSE(ComparePairs(Values{}, Values{}));
  EXPECT_FALSE(ComparePairs(Values{1, 0}, Values{1, 1}));
  EXPECT_FALSE(ComparePairs(Values{1, 1}, Values{1, -2}));
  EXPECT_FALSE(ComparePairs(Values{1, NAN}, Values{1, 1}));
  EXPECT_FALSE(ComparePairs(Values{1, INFINITY}, Values{1, 1}));
}

TEST(ComparePairs, TiesAndZerosFavourNoDifference) {
  const PairedRatio same = CompareLogs(std::vector<double>(10, 0.0));
  EXPECT_EQ(same.p_value, 1);
  EXPECT_EQ(same.estimate, 1);
  EXPECT_EQ(same.interval->lower, 1);
  EXPECT_EQ(same.interval->upper, 1);

  const PairedRatio constant = CompareLogs(std::vector<double>(10, 0.1));
  EXPECT_DOUBLE_EQ(constant.p_value, 2.0 / 1024);
  EXPECT_EQ(constant.interval->lower, constant.interval->upper);

  // Two pairs without difference: three of the pairwise means are zero, so P(W <= 3) = 5 / 2^10.
  const PairedRatio zeros = CompareLogs({0, 0, .1, .2, .3, .4, .5, .6, .7, .8});
  EXPECT_DOUBLE_EQ(zeros.p_value, 10.0 / 1024);
}

// The property that lets a report print one of the two and mean the other.
TEST(ComparePairs, IntervalAndPAlwaysAgree) {
  size_t significant = 0;
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    const size_t n = kMinPairsForInterval + seed % 60;
    Pairs pairs = RandomPairs(seed, n, 0.02, 0.05);
    if (seed % 3 == 0) {  // coarse values: many ties and zeros
      for (double& value : pairs.a) value = std::round(value * 10) / 10;
      for (double& value : pairs.b) value = std::round(value * 10) / 10;
    }
    const PairedRatio result = *ComparePairs(pairs.a, pairs.b);
    ASSERT_TRUE(result.interval);
    const bool outside = result.interval->lower > 1 || result.interval->upper < 1;
    EXPECT_EQ(outside, result.p_value < 0.05) << "seed " << seed;
    EXPECT_LE(result.interval->lower, result.estimate);
    EXPECT_GE(result.interval->upper, result.estimate);
    significant += outside;
  }
  EXPECT_GT(significant, 300u);
  EXPECT_LT(significant, 2700u);
}

// The exact coverage at n = 10 is 1 - 2 * 25 / 1024 = 95.1%; 2000 sets stray from it by 0.48% (one standard
// deviation), and 93.5% lies more than three of these below.
TEST(ComparePairs, CoverageIsAsPromised) {
  constexpr double shift = 0.3;
  for (const size_t n : {6, 10, 60}) {
    int covered = 0;
    for (uint64_t seed = 1; seed <= 2000; ++seed) {
      const Pairs pairs = RandomPairs(seed * 7919 + n, n, shift, 0.1);
      const Interval interval = *ComparePairs(pairs.a, pairs.b)->interval;
      covered += interval.lower <= std::exp(shift) && std::exp(shift) <= interval.upper;
    }
    EXPECT_GE(covered, 1870) << n;
    EXPECT_LE(covered, n == 6 ? 1970 : 1932) << n;  // six pairs cover 96.9%
  }
}

TEST(ComparePairs, ScaleOfBothDoesNotMatter) {
  const Pairs pairs = RandomPairs(42, 10, 0.1, 0.05);
  Pairs scaled = pairs;
  for (double& value : scaled.a) value *= 1e9;
  for (double& value : scaled.b) value *= 1e9;
  const PairedRatio one = *ComparePairs(pairs.a, pairs.b);
  const PairedRatio other = *ComparePairs(scaled.a, scaled.b);
  EXPECT_NEAR(one.estimate, other.estimate, 1e-12);
  EXPECT_NEAR(one.interval->lower, other.interval->lower, 1e-12);
  EXPECT_NEAR(one.interval->upper, other.interval->upper, 1e-12);
  EXPECT_DOUBLE_EQ(one.p_value, other.p_value);
}

TEST(ComparePairs, SwappingGivesTheReciprocal) {
  for (const size_t n : {7, 10, 55}) {
    const Pairs pairs = RandomPairs(n, n, 0.03, 0.05);
    const PairedRatio one = *ComparePairs(pairs.a, pairs.b);
    const PairedRatio other = *ComparePairs(pairs.b, pairs.a);
    EXPECT_NEAR(one.estimate, 1 / other.estimate, 1e-12);
    EXPECT_NEAR(one.interval->lower, 1 / other.interval->upper, 1e-12);
    EXPECT_NEAR(one.interval->upper, 1 / other.interval->lower, 1e-12);
    EXPECT_DOUBLE_EQ(one.p_value, other.p_value);
  }
}

TEST(ComparePairs, AHigherLevelGivesAWiderInterval) {
  const Pairs pairs = RandomPairs(3, 20, 0.1, 0.05);
  const Interval narrow = *ComparePairs(pairs.a, pairs.b, 0.80)->interval;
  const Interval wide = *ComparePairs(pairs.a, pairs.b, 0.99)->interval;
  EXPECT_LT(wide.lower, narrow.lower);
  EXPECT_GT(wide.upper, narrow.upper);
}

}  // namespace
}  // namespace rapidbyte::stats
