// Whether a command's time depends on the size of its environment, which moves its stack (T. Mytkowicz, A. Diwan,
// M. Hauswirth and P. F. Sweeney, ASPLOS 2009): what looks like a slower version can be a longer user name.
//
// The fastest and the slowest of several sizes differ by chance alone. So the first half of the blocks says which these
// are, and the second half, which had no say in that, how much they differ; the interval is right for that. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/rank_test.h"

namespace rapidbyte::analysis {

struct EnvironmentEffect {
  std::vector<double> medians;  // by size, in seconds, of all blocks
  size_t fastest = 0;           // places in `medians`
  size_t slowest = 0;
  std::optional<stats::Ratio>
      ratio;  // slowest / fastest; without an interval for fewer than 6 blocks in the second half
};

// blocks[i][k] is the time of size k in block i: one and the same number of sizes, at least two, in each; positive.
// Nothing for fewer than two blocks.
std::optional<EnvironmentEffect> EffectOfEnvironment(std::span<const std::vector<double>> blocks);

}  // namespace rapidbyte::analysis
