#include "stats/series_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace rapidbyte::stats {
namespace {

double MeanSquare(const std::vector<double>& scores) {
  return std::inner_product(scores.begin(), scores.end(), scores.begin(), 0.0) / static_cast<double>(scores.size());
}

TEST(NormalScores, OfNothingAreNothing) { EXPECT_TRUE(NormalScores({}).empty()); }

TEST(NormalScores, AreSymmetricWithMeanSquareOne) {
  const std::vector<double> values = {30, 10, 20};
  const std::vector<double> scores = NormalScores(values);
  EXPECT_EQ(scores[2], 0);
  EXPECT_EQ(scores[0], -scores[1]);
  EXPECT_NEAR(MeanSquare(scores), 1, 1e-12);
}

TEST(NormalScores, KnowRanksOnly) {
  const std::vector<double> values = {3, 1, 2, 5, 4};
  std::vector<double> other;
  for (const double value : values) other.push_back(std::exp(100 * value));
  EXPECT_EQ(NormalScores(values), NormalScores(other));
}

TEST(NormalScores, EqualValuesShareAndAddNoVariation) {
  const std::vector<double> scores = NormalScores(std::vector<double>{1, 1, 2, 2});
  EXPECT_EQ(scores[0], scores[1]);
  EXPECT_EQ(scores[2], -scores[0]);
  EXPECT_LT(MeanSquare(scores), 1);
  for (const double score : NormalScores(std::vector<double>(9, 4.0))) EXPECT_NEAR(score, 0, 1e-12);
}

TEST(NormalScores, AreBoundedInLongSeries) {
  std::vector<double> values(100'000);
  std::iota(values.begin(), values.end(), 0.0);
  EXPECT_LT(NormalScores(values).back(), 2.5);
}

std::vector<double> Autoregressive(double coefficient, size_t n) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> series(n);
  double state = 0;
  for (double& value : series) value = state = coefficient * state + normal(random);
  return series;
}

TEST(NeighbourCorrelation, IsThatOfTheNoise) {
  EXPECT_NEAR(NeighbourCorrelation(Autoregressive(0, 20'000), {}), 0, 0.02);
  EXPECT_NEAR(NeighbourCorrelation(Autoregressive(0.5, 20'000), {}), 0.5, 0.02);
}

TEST(NeighbourCorrelation, KnownChangesDoNotCount) {
  std::vector<double> series = Autoregressive(0, 20'000);
  for (size_t i = 5'000; i < series.size(); ++i) series[i] += 1000;
  EXPECT_GT(NeighbourCorrelation(series, {}), 0.5);
  EXPECT_NEAR(NeighbourCorrelation(series, std::vector<size_t>{5'000}), 0, 0.02);
}

TEST(NeighbourCorrelation, ManyUnknownLevelsDoNotBiasIt) {
  const std::vector<double> series = Autoregressive(0, 20'000);
  std::vector<size_t> changes;
  for (size_t i = 10; i < series.size(); i += 10) changes.push_back(i);
  EXPECT_NEAR(NeighbourCorrelation(series, changes), 0, 0.03);
}

TEST(NeighbourCorrelation, OfAConstantIsZero) {
  EXPECT_EQ(NeighbourCorrelation(std::vector<double>(20, 3.0), std::vector<size_t>{10}), 0);
}

}  // namespace
}  // namespace rapidbyte::stats
