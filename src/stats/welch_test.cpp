#include "stats/welch.h"

#include <gtest/gtest.h>

#include <vector>

namespace rapidbyte::stats {
namespace {

MeanDifference Compare(const std::vector<double>& first, const std::vector<double>& second) {
  return CompareMeans(MeanAndVarianceOf(first), MeanAndVarianceOf(second));
}

// t = 2.828427 with 4.075472 degrees of freedom; p by integrating the density numerically.
TEST(WelchTest, KnownSample) {
  const MeanDifference result = Compare({1, 2, 3}, {5, 7, 3, 9});
  EXPECT_DOUBLE_EQ(result.estimate, 4);
  EXPECT_NEAR(result.p_value, 0.046407, 1e-5);
  EXPECT_NEAR((result.interval.lower + result.interval.upper) / 2, 4, 1e-12);
}

TEST(WelchTest, IntervalAndPAgree) {
  const std::vector<double> first = {10, 11, 9, 10.5};
  for (const double shift : {0.0, 0.5, 1.0, 1.5, 2.0, 5.0}) {
    const MeanDifference result = Compare(first, {10 + shift, 12 + shift, 9.5 + shift});
    EXPECT_EQ(result.p_value<0.05, result.interval.lower> 0 || result.interval.upper < 0) << shift;
  }
}

TEST(WelchTest, SidesChangeTheSign) {
  const MeanDifference one = Compare({1, 2, 3}, {2, 4, 9});
  const MeanDifference other = Compare({2, 4, 9}, {1, 2, 3});
  EXPECT_DOUBLE_EQ(one.estimate, -other.estimate);
  EXPECT_DOUBLE_EQ(one.p_value, other.p_value);
  EXPECT_DOUBLE_EQ(one.interval.lower, -other.interval.upper);
}

TEST(WelchTest, WithoutVariance) {
  EXPECT_EQ(Compare({1, 1}, {1, 1, 1}).p_value, 1);
  EXPECT_EQ(Compare({1, 1}, {2, 2, 2}).p_value, 0);
}

}  // namespace
}  // namespace rapidbyte::stats
