// Order statistics of a sample: what a row of a report says about repeated measurements. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace rapidbyte::stats {

// All in the unit of the values. For n = 0 every number is 0.
struct Summary {
  size_t n = 0;
  double min = 0;
  double lower_quartile = 0;
  double median = 0;
  double upper_quartile = 0;
  double max = 0;
};

// The values must be finite, in any order.
Summary Summarize(std::vector<double> values);

// What lies outside of these is "far out" (J. W. Tukey, Exploratory Data Analysis): three interquartile ranges beyond a
// quartile.
struct Fences {
  double lower = 0;
  double upper = 0;
};
// Nothing below 6 values, whose quartiles say little. A range below 1% of the median counts as that: it is no measure
// of noise.
std::optional<Fences> FarOutFences(const Summary& summary);

// The quantile at `probability` (0 to 1) of sorted values, at least one: linear between the neighbours, definition 7
// of R. J. Hyndman and Y. Fan, The American Statistician 50 (1996).
double Quantile(const std::vector<double>& sorted, double probability);

// One standard deviation, were the differences normal about 0: by the median of their sizes, or by the quantile at
// `upper` if that says more, as for two narrow modes, where the median knows of one only. At least one difference.
double RobustDeviation(std::vector<double> differences, double upper);

}  // namespace rapidbyte::stats
