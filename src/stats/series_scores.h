// Normal scores of a series: each value replaced by what its rank says, so that no outlier, however far out, weighs
// more than a value that is merely high, and any rising transform of the series (such as the logarithm) leaves the
// scores as they are. For independent noise of any continuous distribution, scores are a random permutation of the
// same numbers: what is calibrated on them once holds for normal, heavy-tailed and bimodal noise alike.
// Pure and deterministic; any thread. The values are finite.
//
// Source: B. L. van der Waerden (1952); the ends are cut as in P. J. Huber's estimates (1964).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

// One score for each value: the normal quantile of (rank - 1/2) / n, cut off at 2.3 standard deviations, scaled so that
// untied values have mean 0 and mean square 1. Equal values share the mean of their scores, which makes the mean square
// of tied values less than 1 by what they do not tell apart. All are 0 for a constant series.
std::vector<double> NormalScores(std::span<const double> values);

// The correlation of neighbours in a series whose level changes at `changes` (rising, each segment of one point or
// more): lag-1 correlation of the scores within the segments. Each segment's unknown level makes it too small by
// (1 + 3r) / n (M. G. Kendall, Biometrika 41 (1954)); that is made good, with one more r because the places of the
// changes were chosen to fit. 0 for a constant series.
double NeighbourCorrelation(std::span<const double> values, std::span<const size_t> changes);

}  // namespace rapidbyte::stats
