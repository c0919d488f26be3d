// How many blocks it takes: what a number of blocks can show, and what number would decide.
//
// The bounds "before significance" are exact: with fewer blocks no outcome whatever can be significant. The power is
// an approximation: against the exact critical value, the rank statistic's exact mean and variance for a shift of
// normal noise (E. L. Lehmann, Nonparametrics (1975), chapters 2 and 4), with a gamma distribution's tail. For
// normal noise of the sd that it is given it is a few points of power off; the sd itself, estimated from 10 blocks, is
// a quarter off, so the number of blocks that follows is good to a factor of about 1.5.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>

#include "stats/rank_test.h"

namespace rapidbyte::stats {

// What makes a verdict; docs/statistics.md says why these numbers.
struct Criteria {
  double alpha = 0.05;              // chance of any false change in the whole matrix, by Holm
  double largest_p = 0.01;          // of a single comparison, whatever Holm allows
  double equivalence_alpha = 0.05;  // of each of the two one-sided tests
  double power = 0.9;               // with which a number of blocks "would decide"

  // The largest p that is significant in the first of Holm's steps over so many cells.
  double FirstLevel(size_t cells) const;
};

enum class Design { kPaired, kUnpaired };

inline constexpr double kDefaultThreshold = 0.015;  // of a ratio: 1.5%

// The smallest number of blocks (paired) or of runs a side (unpaired) with which one cell of so many can be
// significant: 8 blocks for one cell, 12 for 54.
size_t BlocksBeforeSignificance(size_t cells, Design design = Design::kPaired, const Criteria& criteria = {});

// The probability that a true difference of `shift` sd is significant at `level`, two-sided, with `blocks` pairs whose
// log ratios have that sd, or `blocks` runs a side whose logarithms have.
double PowerOfTest(double shift, size_t blocks, double level, Design design);

// The smallest change, as a ratio above 1, of one cell of so many that N blocks show with criteria.power, and no
// smaller than what makes a verdict at this threshold with that probability. sd_of_log_ratio is that of one pair
// (unpaired: of one run). Nothing below BlocksBeforeSignificance.
std::optional<double> SmallestEffect(double sd_of_log_ratio, size_t blocks, size_t cells,
                                     double threshold = kDefaultThreshold, Design design = Design::kPaired,
                                     const Criteria& criteria = {});

// The number of blocks (runs a side) with which a true ratio of one cell of so many is significant in Holm's first step
// with criteria.power. At least BlocksBeforeSignificance; nothing above kMostBlocks.
std::optional<size_t> BlocksForChange(double true_ratio, double sd_of_log_ratio, size_t cells,
                                      Design design = Design::kPaired, const Criteria& criteria = {});

// The same for equivalence to be shown. Nothing also where the ratio does not lie within the threshold.
std::optional<size_t> BlocksForEquivalence(double true_ratio, double sd_of_log_ratio, size_t cells,
                                           double threshold = kDefaultThreshold, Design design = Design::kPaired,
                                           const Criteria& criteria = {});
inline constexpr size_t kMostBlocks = 1000;

// The sd of normal noise that would give the test an interval of this width: what the test saw of the noise, so that
// heavy tails count for as little as they do in the test. Nothing without an interval.
std::optional<double> NoiseSeenBy(const RankTest& test, const NullDistribution& distribution, const Ratio& ratio);

}  // namespace rapidbyte::stats
