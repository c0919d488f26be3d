// The ratio of two independent samples, with its interval: the Wilcoxon–Mann–Whitney rank-sum test and its inversion.
//
// For runs that were not interleaved: each value is one whole run, since what repeats within a run shares that run's
// fate. The test runs on logarithms and assumes that the values are independent and their two distributions equal up to
// a factor; no normal distribution is needed. A drift between the two sides is a difference to it: no test of
// independent samples can tell. Interval and p agree as in signed_rank.h. Pure and deterministic; any thread.
//
// Source: F. Wilcoxon, Biometrics Bulletin 1 (1945); H. B. Mann and D. R. Whitney, Ann. Math. Stat. 18 (1947).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/rank_test.h"

namespace rapidbyte::stats {

// With three runs a side the smallest two-sided p is 2/20 = 0.1; with four it is 2/70.
inline constexpr size_t kMinRunsForInterval = 4;

// Compares each numerator with each denominator. Nothing where a side is empty, or where a value is not positive and
// finite. Ties count for the side that favours "no difference". Time and memory: the product of the two sizes.
std::optional<Ratio> CompareSamples(std::span<const double> numerator, std::span<const double> denominator,
                                    double level = 0.95);

// The same in two steps: `distribution` is RankSumDistribution(numerators, denominators) and must outlive the test.
std::optional<RankTest> RankSumTest(std::span<const double> numerator, std::span<const double> denominator,
                                    const NullDistribution& distribution);

// The number U of pairs (a, b) with a > b among n and m untied values of one distribution. Exact as long as there are
// at most 2^53 arrangements of the two samples, which holds for every n + m below 50 and for small samples beside large
// ones; above that the normal approximation, off by less than 0.002, and by less than 0.0005 where P is below 0.05.
NullDistribution RankSumDistribution(size_t n, size_t m);

}  // namespace rapidbyte::stats
