// How much the mean changed, with its interval: what splitting a change into parts needs, since means of parts add up
// to the mean of the whole, and medians don't.
//
// Student's t of the pairs' differences; Welch's where the two sides are independent. Interval and p agree: 0 lies
// outside of the interval exactly if p < 1 - level. Pairs of runs that differ by nothing but chance have symmetric
// differences, for which the test errs on the safe side where tails are heavy (B. Efron, J. Am. Stat. Assoc. 64
// (1969)). Pure and deterministic; any thread.
//
// Source: Student, Biometrika 6 (1908); B. L. Welch, Biometrika 34 (1947).
#pragma once

#include <optional>
#include <span>

#include "stats/rank_test.h"

namespace rapidbyte::stats {

struct MeanChange {
  double before = 0;  // means
  double after = 0;
  double change = 0;                 // after - before
  double error = 0;                  // standard error of it; 0 where there is no interval
  std::optional<Interval> interval;  // nothing where the spread is unknown
  double p_value = 1;                // two-sided, of no change; 1 where there is no interval
};

// before[i] and after[i] are a pair. All means are 0 where there is none; below two pairs there is no interval.
MeanChange PairedMeanChange(std::span<const double> before, std::span<const double> after, double level = 0.95);

// Two independent samples. Below two values a side there is no interval.
MeanChange WelchMeanChange(std::span<const double> before, std::span<const double> after, double level = 0.95);

}  // namespace rapidbyte::stats
