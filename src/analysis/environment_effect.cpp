#include "analysis/environment_effect.h"

#include <algorithm>

#include "base/check.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

namespace rapidbyte::analysis {
namespace {

std::vector<double> Column(std::span<const std::vector<double>> blocks, size_t size) {
  std::vector<double> column;
  for (const std::vector<double>& block : blocks) column.push_back(block[size]);
  return column;
}

// Relative to the block's median, so that a block that was slow as a whole does not matter.
std::vector<double> RelativeMedians(std::span<const std::vector<double>> blocks) {
  std::vector<std::vector<double>> relative(blocks.begin(), blocks.end());
  for (std::vector<double>& block : relative) {
    const double median = stats::Summarize(block).median;
    for (double& value : block) value /= median;
  }
  std::vector<double> medians;
  for (size_t size = 0; size < blocks.front().size(); ++size) {
    medians.push_back(stats::Summarize(Column(relative, size)).median);
  }
  return medians;
}

}  // namespace

std::optional<EnvironmentEffect> EffectOfEnvironment(std::span<const std::vector<double>> blocks) {
  if (blocks.size() < 2) return std::nullopt;
  const size_t sizes = blocks.front().size();
  RB_CHECK(sizes >= 2 && std::all_of(blocks.begin(), blocks.end(), [&](const auto& b) { return b.size() == sizes; }));
  const auto first_half = blocks.first(blocks.size() / 2), second_half = blocks.subspan(blocks.size() / 2);
  EnvironmentEffect effect;
  for (size_t size = 0; size < sizes; ++size) {
    effect.medians.push_back(stats::Summarize(Column(blocks, size)).median);
  }
  const std::vector<double> medians = RelativeMedians(first_half);
  effect.fastest = static_cast<size_t>(std::min_element(medians.begin(), medians.end()) - medians.begin());
  effect.slowest = static_cast<size_t>(std::max_element(medians.begin(), medians.end()) - medians.begin());
  if (effect.fastest == effect.slowest) effect.slowest = (effect.fastest + 1) % sizes;  // all are equal
  effect.ratio = stats::ComparePairs(Column(second_half, effect.slowest), Column(second_half, effect.fastest));
  return effect;
}

}  // namespace rapidbyte::analysis
