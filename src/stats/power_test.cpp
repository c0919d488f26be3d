#include "stats/power.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "stats/rank_sum.h"
#include "stats/signed_rank.h"

namespace rapidbyte::stats {
namespace {

TEST(BlocksBeforeSignificance, ByHand) {
  // One cell has to reach 1%: 2/2^7 = 0.0156, 2/2^8 = 0.0078. 54 cells 5%/54 = 0.000926: 2/2^12 = 0.000488.
  EXPECT_EQ(BlocksBeforeSignificance(1), 8u);
  EXPECT_EQ(BlocksBeforeSignificance(5), 8u);
  EXPECT_EQ(BlocksBeforeSignificance(54), 12u);
  EXPECT_EQ(BlocksBeforeSignificance(0), 8u);
  // Independent runs: 2/(2n over n) is 0.0286 for four a side, 0.0079 for five; 0.00058 for seven.
  EXPECT_EQ(BlocksBeforeSignificance(1, Design::kUnpaired), 5u);
  EXPECT_EQ(BlocksBeforeSignificance(54, Design::kUnpaired), 7u);
}

// Twelve blocks decide one of 54 cells only if all twelve agree, which has a probability that is easily written down.
TEST(PowerOfTest, WhereAllBlocksMustAgree) {
  const double level = Criteria{}.FirstLevel(54);
  for (const double shift : {1.5, 2.0, 2.5, 3.0}) {
    const double all_agree = std::pow(0.5 * std::erfc(-shift / std::sqrt(2.0)), 12);
    EXPECT_NEAR(PowerOfTest(shift, 12, level, Design::kPaired), all_agree, 0.05) << shift;
  }
  EXPECT_EQ(PowerOfTest(3, 11, level, Design::kPaired), 0);
  EXPECT_EQ(PowerOfTest(3, 0, level, Design::kPaired), 0);
}

double SimulatedPower(double shift, size_t n, double level, Design design) {
  std::mt19937_64 random(17);
  std::normal_distribution<double> noise;
  int found = 0;
  for (int i = 0; i < 2000; ++i) {
    std::vector<double> a, b;
    for (size_t k = 0; k < n; ++k) {
      a.push_back(std::exp(shift + noise(random)));
      b.push_back(design == Design::kPaired ? 1 : std::exp(noise(random)));
    }
    found += (design == Design::kPaired ? ComparePairs(a, b) : CompareSamples(a, b))->p_value <= level;
  }
  return found / 2000.0;
}

TEST(PowerOfTest, AgreesWithSimulation) {
  EXPECT_NEAR(PowerOfTest(0, 20, 0.05, Design::kPaired), SimulatedPower(0, 20, 0.05, Design::kPaired) / 2, 0.02);
  for (const double shift : {0.6, 1.0, 1.3}) {
    for (const double level : {0.01, 0.05 / 54}) {
      EXPECT_NEAR(PowerOfTest(shift, 20, level, Design::kPaired), SimulatedPower(shift, 20, level, Design::kPaired),
                  0.04)
          << shift << " " << level;
      EXPECT_NEAR(PowerOfTest(shift, 20, level, Design::kUnpaired), SimulatedPower(shift, 20, level, Design::kUnpaired),
                  0.04)
          << shift << " " << level;
    }
  }
}

TEST(SmallestEffect, IsWhatTheTestFindsNineTimesInTen) {
  const double sd = 0.05;
  for (const size_t blocks : {14, 20, 40}) {
    const double effect = *SmallestEffect(sd, blocks, 54);
    const double found = SimulatedPower(std::log(effect) / sd, blocks, Criteria{}.FirstLevel(54), Design::kPaired);
    EXPECT_NEAR(found, 0.9, 0.03) << blocks;
  }
}

TEST(SmallestEffect, IsNeverBelowTheThreshold) {
  EXPECT_FALSE(SmallestEffect(0.02, 11, 54));
  EXPECT_FALSE(SmallestEffect(0.02, 7, 1));
  EXPECT_NEAR(*SmallestEffect(0, 20, 54), 1.015, 1e-12);
  EXPECT_GT(*SmallestEffect(0.001, 1000, 54), 1.015);
  EXPECT_LT(*SmallestEffect(0.02, 40, 54), *SmallestEffect(0.02, 20, 54));
  EXPECT_LT(*SmallestEffect(0.02, 20, 1), *SmallestEffect(0.02, 20, 54));
}

TEST(BlocksForChange, FollowsNoiseAndDistance) {
  EXPECT_EQ(*BlocksForChange(1.2, 0.001, 54), 12u);  // as soon as anything can be significant
  EXPECT_EQ(*BlocksForChange(1.02, 0, 1), 8u);
  EXPECT_LT(*BlocksForChange(1.05, 0.03, 54), *BlocksForChange(1.02, 0.03, 54));
  EXPECT_EQ(*BlocksForChange(1.02, 0.03, 54), *BlocksForChange(1 / 1.02, 0.03, 54));
  EXPECT_FALSE(BlocksForChange(1.02, 5, 54));
}

// The number is one that finds the change nine times in ten, and one fewer would not.
TEST(BlocksForChange, IsTheFirstThatIsEnough) {
  const size_t blocks = *BlocksForChange(1.03, 0.05, 54);
  const double shift = std::log(1.03) / 0.05, level = Criteria{}.FirstLevel(54);
  EXPECT_GE(PowerOfTest(shift, blocks, level, Design::kPaired), 0.9);
  EXPECT_LT(PowerOfTest(shift, blocks - 1, level, Design::kPaired), 0.9);
}

// With the true ratio at 1, each of two tests at 5% has to succeed: 3.29 standard errors to the threshold, each of
// 0.03 * sqrt(pi/3/n), are n = 46.01.
TEST(BlocksForEquivalence, ByHand) {
  EXPECT_EQ(*BlocksForEquivalence(1, 0.03, 54), 47u);
  EXPECT_EQ(*BlocksForEquivalence(1, 0, 1), 8u);
  EXPECT_GT(*BlocksForEquivalence(1.01, 0.03, 54), 47u);
  EXPECT_EQ(*BlocksForEquivalence(1.01, 0.03, 54), *BlocksForEquivalence(1 / 1.01, 0.03, 54));
  EXPECT_FALSE(BlocksForEquivalence(1.0149, 0.03, 54));
  EXPECT_FALSE(BlocksForEquivalence(1.02, 0.03, 54));
}

// The sd of normal noise comes back; a tenth of the pairs gone wild hardly move it.
TEST(NoiseSeenBy, IsTheSdAndRobust) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 0.02);
  double plain = 0, wild = 0;
  constexpr int kSets = 200;
  for (int set = 0; set < kSets; ++set) {
    std::vector<double> a, ones(20, 1.0);
    for (size_t i = 0; i < 20; ++i) a.push_back(std::exp(noise(random)));
    const NullDistribution distribution = SignedRankDistribution(20);
    const Ratio ratio{.pairs = 20, .numerators = 20, .denominators = 20};
    plain += *NoiseSeenBy(*SignedRankTest(a, ones, distribution), distribution, ratio) / kSets;
    a[0] *= 3;
    a[1] /= 3;
    wild += *NoiseSeenBy(*SignedRankTest(a, ones, distribution), distribution, ratio) / kSets;
  }
  EXPECT_NEAR(plain, 0.02, 0.002);
  EXPECT_LT(wild, 0.035);
}

TEST(NoiseSeenBy, OfIndependentRunsIsTheSdOfOneRun) {
  std::mt19937_64 random(6);
  std::normal_distribution<double> noise(0, 0.02);
  double mean = 0;
  constexpr int kSets = 200;
  for (int set = 0; set < kSets; ++set) {
    std::vector<double> a, b;
    for (int i = 0; i < 15; ++i) a.push_back(std::exp(noise(random)));
    for (int i = 0; i < 30; ++i) b.push_back(std::exp(noise(random)));
    const NullDistribution distribution = RankSumDistribution(15, 30);
    const Ratio ratio{.numerators = 15, .denominators = 30};
    mean += *NoiseSeenBy(*RankSumTest(a, b, distribution), distribution, ratio) / kSets;
  }
  EXPECT_NEAR(mean, 0.02, 0.002);
}

}  // namespace
}  // namespace rapidbyte::stats
