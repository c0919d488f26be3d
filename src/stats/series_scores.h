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

// One score for each value: the normal quantile of (rank - 1/2) / n, cut off at two standard deviations, scaled so that
// untied values have mean 0 and mean square 1. Equal values share the mean of their scores, which makes the mean square
// of tied values less than 1: what they do not tell apart. All are 0 for a constant series.
std::vector<double> NormalScores(std::span<const double> values);

// The correlation of neighbours, where the level changes at `changes` (rising indexes within the series): Pearson's
// lag-1 correlation of the scores within each segment, with the bias removed that comes from not knowing the levels.
// 0 for a constant series. May leave [-1, 1] by as much as the correction is too large.
double NeighbourCorrelation(std::span<const double> values, std::span<const size_t> changes);

}  // namespace rapidbyte::stats
