#include "stats/mean_change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace rapidbyte::stats {
namespace {

// By hand: differences 1, 2, 3 have mean 2, sd 1, standard error 0.57735; t(2) at 95% is 4.302653.
TEST(PairedMeanChange, IsStudentsInterval) {
  const std::vector<double> before = {10, 20, 30};
  const std::vector<double> after = {11, 22, 33};
  const MeanChange change = PairedMeanChange(before, after);
  EXPECT_DOUBLE_EQ(change.before, 20);
  EXPECT_DOUBLE_EQ(change.after, 22);
  EXPECT_DOUBLE_EQ(change.change, 2);
  ASSERT_TRUE(change.interval);
  EXPECT_NEAR(change.interval->lower, 2 - 4.302652730 / std::sqrt(3), 1e-8);
  EXPECT_NEAR(change.interval->upper, 2 + 4.302652730 / std::sqrt(3), 1e-8);
  const double t = 2 * std::sqrt(3);
  EXPECT_NEAR(change.p_value, 1 - t / std::sqrt(2 + t * t), 1e-12) << "two degrees of freedom; 0 is in the interval";
}

TEST(PairedMeanChange, KnowsNoSpreadOfOnePair) {
  const std::vector<double> one = {1};
  const std::vector<double> other = {3};
  EXPECT_EQ(PairedMeanChange(one, other).change, 2);
  EXPECT_FALSE(PairedMeanChange(one, other).interval);
  EXPECT_EQ(PairedMeanChange({}, {}).change, 0);
}

TEST(PairedMeanChange, TakesEqualDifferencesAsCertain) {
  const std::vector<double> before = {1, 2, 3};
  const std::vector<double> after = {1, 2, 3};
  EXPECT_EQ(PairedMeanChange(before, after).p_value, 1);
  const std::vector<double> later = {2, 3, 4};
  EXPECT_EQ(PairedMeanChange(before, later).p_value, 0);
}

// Two samples of equal size and spread: Welch's degrees of freedom are 2n - 2.
TEST(WelchMeanChange, IsStudentsWhereSpreadsAreEqual) {
  const std::vector<double> before = {1, 2, 3};
  const std::vector<double> after = {11, 12, 13};
  const MeanChange change = WelchMeanChange(before, after);
  EXPECT_DOUBLE_EQ(change.change, 10);
  ASSERT_TRUE(change.interval);
  EXPECT_NEAR(change.interval->upper - 10, 2.776445105 * std::sqrt(2.0 / 3), 1e-8) << "t(4)";
}

// How often the interval holds the true change, with the noise of both runs of a pair drawn alike.
double Coverage(size_t pairs, const std::function<double(std::mt19937_64&)>& noise) {
  std::mt19937_64 random(1);
  constexpr int kSets = 2000;
  int covered = 0;
  for (int set = 0; set < kSets; ++set) {
    std::vector<double> before(pairs);
    std::vector<double> after(pairs);
    for (size_t i = 0; i < pairs; ++i) {
      before[i] = 100 + noise(random);
      after[i] = 105 + noise(random);
    }
    const MeanChange change = PairedMeanChange(before, after);
    covered += change.interval->lower <= 5 && 5 <= change.interval->upper;
  }
  return static_cast<double>(covered) / kSets;
}

TEST(PairedMeanChange, CoversTheTruth) {
  std::normal_distribution<double> normal;
  std::student_t_distribution<double> heavy(2);
  std::lognormal_distribution<double> skewed;
  for (const size_t pairs : {6, 20}) {
    const double of_normal = Coverage(pairs, [&](auto& random) { return normal(random); });
    EXPECT_GT(of_normal, 0.935) << pairs;
    EXPECT_LT(of_normal, 0.965) << pairs;
    EXPECT_GT(Coverage(pairs, [&](auto& random) { return heavy(random); }), 0.94) << pairs;
    EXPECT_GT(Coverage(pairs, [&](auto& random) { return skewed(random); }), 0.94) << pairs;
  }
}

}  // namespace
}  // namespace rapidbyte::stats
