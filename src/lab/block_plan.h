// The order of a campaign's runs: randomised complete blocks.
//
// Every cell runs once in a block, so that whatever drifts in the course of a campaign hits all of them alike and runs
// of a block compare as pairs. The order depends on the seed alone: not on the machine, the standard library or the
// number of blocks. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rapidbyte::lab {

// `blocks` permutations of 0 … cells-1. A plan with more blocks begins with the same ones.
std::vector<std::vector<size_t>> PlanBlocks(uint64_t seed, size_t blocks, size_t cells);

}  // namespace rapidbyte::lab
