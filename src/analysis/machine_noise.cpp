#include "analysis/machine_noise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/power.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"
#include "stats/trend.h"

namespace rapidbyte::analysis {
namespace {

constexpr double kNormalSdOfDeviation = 1.4826;  // sd of a normal distribution over its median absolute deviation

double RobustSd(const std::vector<double>& values, double median) {
  std::vector<double> deviations;
  for (const double value : values) deviations.push_back(std::abs(value - median));
  return kNormalSdOfDeviation * stats::Summarize(std::move(deviations)).median;
}

double Correlation(const std::vector<double>& values, double median, double sd) {
  std::vector<double> centred;
  for (const double value : values) centred.push_back(std::clamp(value - median, -3 * sd, 3 * sd));
  const double mean = std::accumulate(centred.begin(), centred.end(), 0.0) / static_cast<double>(centred.size());
  double products = 0, squares = 0;
  for (size_t i = 0; i < centred.size(); ++i) {
    squares += (centred[i] - mean) * (centred[i] - mean);
    if (i > 0) products += (centred[i] - mean) * (centred[i - 1] - mean);
  }
  return squares > 0 ? products / squares : 0;
}

// Neighbouring differences overlap, so that they are no independent sample; the width of the test's interval, which is
// what is asked for, depends on their distribution only.
std::optional<double> PairNoise(std::span<const double> secs) {
  if (secs.size() < 2) return std::nullopt;
  const size_t pairs = secs.size() - 1;
  const stats::NullDistribution distribution = stats::SignedRankDistribution(pairs);
  const auto test = stats::SignedRankTest(secs.subspan(1), secs.first(pairs), distribution);
  if (!test) return std::nullopt;
  stats::Ratio ratio;
  ratio.pairs = ratio.numerators = ratio.denominators = pairs;
  return stats::NoiseSeenBy(*test, distribution, ratio);
}

}  // namespace

bool MachineNoise::Drifts() const { return drift_p <= 0.01; }

bool MachineNoise::NeighboursResemble() const {
  return blocks > 0 && correlation > 2.5 / std::sqrt(static_cast<double>(blocks));
}

MachineNoise NoiseOf(std::span<const double> secs) {
  MachineNoise noise;
  noise.blocks = secs.size();
  if (secs.empty()) return noise;
  std::vector<double> logs, places(secs.size());
  for (const double value : secs) logs.push_back(std::log(value));
  std::iota(places.begin(), places.end(), 0.0);
  const double median = stats::Summarize(logs).median;
  noise.median_secs = std::exp(median);
  noise.spread = RobustSd(logs, median);
  noise.correlation = Correlation(logs, median, noise.spread);
  noise.pair_noise = PairNoise(secs);
  if (const auto trend = stats::FindTrend(places, logs)) {
    noise.drift = std::exp(trend->slope * static_cast<double>(secs.size() - 1));
    noise.drift_p = trend->p_value;
  }
  for (const size_t cells : kResolvedCells) {
    for (const size_t blocks : kResolvedBlocks) {
      Resolution resolution{blocks, cells, std::nullopt};
      if (noise.pair_noise) resolution.ratio = stats::SmallestEffect(*noise.pair_noise, blocks, cells);
      noise.resolution.push_back(resolution);
    }
  }
  return noise;
}

}  // namespace rapidbyte::analysis
