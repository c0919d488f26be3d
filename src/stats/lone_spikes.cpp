#include "stats/lone_spikes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/change_point_scan.h"
#include "stats/summary.h"

namespace rapidbyte::stats {
namespace {

constexpr size_t kWithNeighbours = 5;  // a point and its four nearest
constexpr size_t kAlone = 2 * kMinSegment;
constexpr double kDeviations = 2;
constexpr int kMostRounds = 8;

// Of what neighbours differ by. The tenth that differs most has a say, so that a second mode counts as noise, but the
// two largest differences have none: one spike makes as many.
double Deviation(std::span<const double> values) {
  std::vector<double> differences;
  for (size_t i = 1; i < values.size(); ++i) differences.push_back(values[i] - values[i - 1]);
  const auto n = static_cast<double>(differences.size());
  return RobustDeviation(std::move(differences), std::min(0.9, (n - 3) / (n - 1)));
}

// How far the point is above or below its neighbours. 0 if they differ by as much: beside a step, they do.
double Height(std::span<const double> values, size_t i) {
  const size_t begin = std::min(i < 2 ? 0 : i - 2, values.size() - kWithNeighbours);
  double lowest = HUGE_VAL;
  double highest = -HUGE_VAL;
  for (size_t j = begin; j < begin + kWithNeighbours; ++j) {
    if (j == i) continue;
    lowest = std::min(lowest, values[j]);
    highest = std::max(highest, values[j]);
  }
  const double height = std::max(values[i] - highest, lowest - values[i]);
  return height > highest - lowest ? height : 0;
}

bool IsAlone(std::span<const double> heights, size_t i) {
  const size_t begin = i < kAlone ? 0 : i - kAlone;
  const size_t end = std::min(heights.size(), i + kAlone + 1);
  for (size_t j = begin; j < end; ++j) {
    if (j != i && heights[j] > heights[i] / 2) return false;
  }
  return true;
}

std::vector<bool> LoneSpikes(std::span<const double> values) {
  const double least = kDeviations * Deviation(values);
  std::vector<double> heights;
  for (size_t i = 0; i < values.size(); ++i) heights.push_back(Height(values, i));
  std::vector<bool> lone;
  for (size_t i = 0; i < values.size(); ++i) lone.push_back(heights[i] > least && IsAlone(heights, i));
  return lone;
}

}  // namespace

std::vector<size_t> WithoutLoneSpikes(std::span<const double> values) {
  std::vector<size_t> kept(values.size());
  std::iota(kept.begin(), kept.end(), 0);
  std::vector<double> rest(values.begin(), values.end());
  for (int round = 0; round < kMostRounds && rest.size() >= kWithNeighbours; ++round) {
    const std::vector<bool> lone = LoneSpikes(rest);
    size_t size = 0;
    for (size_t i = 0; i < rest.size(); ++i) {
      if (lone[i]) continue;
      kept[size] = kept[i];
      rest[size++] = rest[i];
    }
    if (size == rest.size()) break;
    kept.resize(size);
    rest.resize(size);
  }
  return kept;
}

}  // namespace rapidbyte::stats
