// The ratio of two things measured in pairs, with its interval: Wilcoxon's signed-rank test and its inversion.
//
// The test runs on the logarithms of the pairs' ratios, so that "twice as long" and "half as long" weigh the same. It
// assumes that these are independent and symmetric about a common centre; no normal distribution is needed. The
// interval holds those ratios that the same test does not reject, so both always agree: 1.0 lies outside of the
// interval exactly if p < 1 - level. Pure and deterministic; any thread.
//
// Source: F. Wilcoxon, Biometrics Bulletin 1 (1945); rank_test.h has the interval's. docs/statistics.md says why these.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/rank_test.h"

namespace rapidbyte::stats {

// With five pairs the smallest two-sided p is 2/2^5 = 0.0625: nothing is rejected at 5%, no interval is bounded.
inline constexpr size_t kMinPairsForInterval = 6;

using PairedRatio = Ratio;

// Compares numerator[i] with denominator[i]; the spans have the same size. Nothing where there is no pair, or where a
// value is not positive and finite: a ratio says nothing there. Takes time and memory in the square of the pairs.
//
// Ties and zeros: where a pairwise mean equals the ratio under test (a pair without difference, or two equal
// differences of opposite sign) it counts for the side that favours "no difference".
std::optional<Ratio> ComparePairs(std::span<const double> numerator, std::span<const double> denominator,
                                  double level = 0.95);

// The same in two steps, for who asks many questions: the test of these pairs by `distribution`, which is
// SignedRankDistribution(pairs) and must outlive the test. Nothing as above.
std::optional<RankTest> SignedRankTest(std::span<const double> numerator, std::span<const double> denominator,
                                       const NullDistribution& distribution);

// The rank sum W of n untied pairs without difference. Exact for n < 50; above that the normal approximation, off by
// less than 0.002, and by less than 0.0005 where P is below 0.05.
NullDistribution SignedRankDistribution(size_t n);

// P(W <= w) of that distribution.
double SignedRankCdf(size_t w, size_t n);

}  // namespace rapidbyte::stats
