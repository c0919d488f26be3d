// Two means compared whose samples are small and spread differently: Welch's t-test and its interval.
//
// For quantities that may be zero on one side, of which a ratio says nothing. It assumes that runs are independent and
// their values roughly normal; a caller who knows a least variance (of counting, say) passes the larger one. Pure; any
// thread.
//
// Source: B. L. Welch, The generalization of "Student's" problem when several different population variances are
// involved, Biometrika 34 (1947); degrees of freedom by F. E. Satterthwaite, Biometrics Bulletin 2 (1946).
#pragma once

#include <cstddef>
#include <span>

#include "stats/rank_test.h"

namespace rapidbyte::stats {

struct MeanAndVariance {
  double mean = 0;
  double variance = 0;  // of single values, divided by n - 1
  size_t n = 0;
};
MeanAndVariance MeanAndVarianceOf(std::span<const double> values);  // a variance of 0 below two values

struct MeanDifference {
  double estimate = 0;  // second - first
  Interval interval;
  double p_value = 1;  // two-sided, of no difference
};

// Both sides have two values at least. Where neither has a variance, equal means give p = 1 and others p = 0.
MeanDifference CompareMeans(const MeanAndVariance& first, const MeanAndVariance& second, double level = 0.95);

}  // namespace rapidbyte::stats
