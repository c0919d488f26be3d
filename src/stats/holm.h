// Holm's correction: several comparisons at once, with the chance of any false rejection among all of them bounded.
//
// Needs no independence of the comparisons, which blocks that share a machine would not have. Pure; any thread.
//
// Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statistics 6 (1979).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

// The adjusted p of each p: the smallest level of the whole family at which Holm's procedure rejects it; at most 1.
// A family larger than p_values (0: not larger) has further members whose p is taken as 1.
std::vector<double> HolmAdjust(std::span<const double> p_values, size_t family = 0);

}  // namespace rapidbyte::stats
