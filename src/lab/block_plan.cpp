#include "lab/block_plan.h"

#include <numeric>
#include <random>
#include <utility>

namespace rapidbyte::lab {
namespace {

// Uniform in [0, bound), by rejection. std::uniform_int_distribution may differ between standard libraries; the
// generator itself is defined by the standard to the last bit.
uint64_t Below(std::mt19937_64& generator, uint64_t bound) {
  const uint64_t remainder = (0 - bound) % bound;  // 2^64 mod bound
  uint64_t value = generator();
  while (value < remainder) value = generator();
  return value % bound;
}

}  // namespace

std::vector<std::vector<size_t>> PlanBlocks(uint64_t seed, size_t blocks, size_t cells) {
  std::mt19937_64 generator(seed);
  std::vector<std::vector<size_t>> plan(blocks, std::vector<size_t>(cells));
  for (std::vector<size_t>& order : plan) {
    std::iota(order.begin(), order.end(), size_t{0});
    // Fisher and Yates: each of the permutations is equally likely.
    for (size_t left = cells; left > 1; --left) std::swap(order[left - 1], order[Below(generator, left)]);
  }
  return plan;
}

}  // namespace rapidbyte::lab
