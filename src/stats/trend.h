// Whether a series rises or falls in its order, and how steeply: Kendall's test and the Theil–Sen slope.
//
// The test assumes that values are independent; neighbours that resemble each other make it find trends too often. No
// normal distribution is needed, and single wild values hardly matter. Ties count for "no trend". Pure; any thread.
//
// Source: H. B. Mann, Econometrica 13 (1945); M. G. Kendall, Rank Correlation Methods; P. K. Sen, J. Am. Stat. Assoc.
// 63 (1968).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace rapidbyte::stats {

struct Trend {
  size_t n = 0;
  double slope = 0;    // median of the slopes of all pairs: change of the value for a step of 1 in the place
  double p_value = 1;  // two-sided. Exact up to 18 values, then the normal approximation with continuity correction
};

// `places` ascend strictly; as many as values, which are finite. Nothing for fewer than two.
std::optional<Trend> FindTrend(std::span<const double> places, std::span<const double> values);

}  // namespace rapidbyte::stats
