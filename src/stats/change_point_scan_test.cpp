#include "stats/change_point_scan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rapidbyte::stats {
namespace {

std::vector<double> Autoregressive(double coefficient, size_t n, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::vector<double> series(n);
  double state = normal(random);
  for (double& value : series) {
    value = state;
    state = coefficient * state + std::sqrt(1 - coefficient * coefficient) * normal(random);
  }
  return series;
}

// The share of series without change whose best split of the first `length` points has a p-value of 0.05 or less.
double ShareBelowFivePercent(double correlation, size_t n, size_t length) {
  constexpr int kSeries = 4000;
  std::mt19937_64 random(n);
  const StepShapes shapes(length, correlation);
  int below = 0;
  for (int i = 0; i < kSeries; ++i) {
    const ChangePointScan scan(Autoregressive(correlation, n, random), correlation);
    below += scan.PValue(scan.BestSplit(shapes, 0).explained, length) <= 0.05;
  }
  return static_cast<double>(below) / kSeries;
}

TEST(ChangePointScan, PValuesAreThoseOfAMaximumOverAllPlaces) {
  // Four standard errors are 0.014. A single place's p-value would be below in about a third of the series.
  EXPECT_NEAR(ShareBelowFivePercent(0, 30, 30), 0.045, 0.014);
  EXPECT_NEAR(ShareBelowFivePercent(0, 100, 100), 0.045, 0.014);
  EXPECT_NEAR(ShareBelowFivePercent(0, 100, 25), 0.045, 0.014);
  EXPECT_NEAR(ShareBelowFivePercent(0.5, 200, 200), 0.055, 0.016);
}

TEST(ChangePointScan, FindsTheStepThatExplainsMost) {
  std::vector<double> values(40, 1.0);
  for (size_t i = 0; i < values.size(); ++i) values[i] = (i < 26 ? 0 : 100) + static_cast<double>(i * 7 % 10);
  const ChangePointScan scan(values, 0);
  const StepShapes shapes(values.size(), 0);
  const Split split = scan.BestSplit(shapes, 0);
  EXPECT_EQ(split.index, 26u);
  EXPECT_EQ(split.explained, scan.Explained(shapes, 0, 26));
  EXPECT_GT(split.explained, 0.5);
  EXPECT_LT(split.explained, 1);
  EXPECT_LT(scan.PValue(split.explained, values.size()), 1e-6);
}

TEST(ChangePointScan, NothingExplainsAConstant) {
  const ChangePointScan scan(std::vector<double>(20, 3.0), 0.3);
  EXPECT_LT(scan.BestSplit(StepShapes(20, 0.3), 0).explained, 1e-12);
  EXPECT_EQ(scan.PValue(0, 20), 1);
}

}  // namespace
}  // namespace rapidbyte::stats
