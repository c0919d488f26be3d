// Benjamini and Hochberg's correction: many comparisons at once, with the share of false ones among those that are
// called significant bounded.
//
// For long lists that one looks through, such as the frames of a profile, where Holm's would leave nothing. It holds
// for independent comparisons and for those that depend positively on each other. Pure; any thread.
//
// Source: Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57 (1995).
#pragma once

#include <span>
#include <vector>

namespace rapidbyte::stats {

// The adjusted p of each p: the smallest false discovery rate at which the procedure rejects it; at most 1.
std::vector<double> FalseDiscoveryAdjust(std::span<const double> p_values);

}  // namespace rapidbyte::stats
