#include "stats/change_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "stats/change_point_place.h"
#include "stats/change_point_search.h"
#include "stats/lone_spikes.h"
#include "stats/series_scores.h"

namespace rapidbyte::stats {
namespace {

constexpr double kFalseAlarmRate = 0.018;  // 2% with a margin
constexpr double kLargestCorrelation = 0.95;
constexpr int kMostRounds = 8;

// What the search should assume where `estimate` was measured on n points. Nothing where it is less than half a
// standard error, 1/sqrt(n): independent noise shall lose no power. From two on, a quarter of an error more than was
// measured: correlation taken for too small raises false alarms, taken for too large it only costs power.
double CautiousCorrelation(double estimate, size_t n) {
  const double error = 1 / std::sqrt(static_cast<double>(n));
  const double certainty = std::clamp((estimate / error - 0.5) / 1.5, 0.0, 1.0);
  const double at_least = std::max(estimate, 2 * error) + 0.25 * error;
  return std::min(kLargestCorrelation, certainty * at_least);
}

struct Changes {
  std::vector<size_t> indexes;
  double correlation = 0;  // that the noise was taken to have
};

// Correlation can pass for changes, and changes for correlation. So: the changes that there would be were the noise
// independent; its correlation given these; the changes that remain given that; and on until nothing gets fewer.
Changes FindIndexes(std::span<const double> series) {
  Changes changes{SearchChanges(series, 0, kFalseAlarmRate), 0};
  for (int round = 0; round < kMostRounds && !changes.indexes.empty(); ++round) {
    const double estimate = NeighbourCorrelation(series, changes.indexes);
    const double correlation = CautiousCorrelation(estimate, series.size());
    if (correlation < changes.correlation + 0.01) break;
    changes = {SearchChanges(series, correlation, kFalseAlarmRate), correlation};
  }
  return changes;
}

double Median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  if (copy.size() % 2 == 1) return *middle;
  return std::midpoint(*std::max_element(copy.begin(), middle), *middle);
}

// Relative changes are what people see: on the logarithmic scale where there is one. Elsewhere an eighth of the values,
// whose differences do not overflow.
std::vector<double> LogarithmsIfPositive(std::span<const double> series) {
  const bool positive = std::all_of(series.begin(), series.end(), [](double value) { return value > 0; });
  std::vector<double> result;
  for (const double value : series) result.push_back(positive ? std::log(value) : value / 8);
  return result;
}

// Neighbours are taken from their final place before, and from where the search found them after.
std::vector<ChangePoint> PlaceAll(std::span<const double> series, const Changes& changes) {
  const std::vector<double> scaled = LogarithmsIfPositive(series);
  std::vector<ChangePoint> placed;
  for (size_t i = 0; i < changes.indexes.size(); ++i) {
    const size_t begin = i == 0 ? 0 : placed.back().index;
    const size_t end = i + 1 == changes.indexes.size() ? series.size() : changes.indexes[i + 1];
    const auto segment = std::span(scaled).subspan(begin, end - begin);
    const ChangePlace place = PlaceChange(segment, changes.correlation, changes.indexes[i] - begin);
    placed.push_back({.index = begin + place.index, .first = begin + place.first, .last = begin + place.last});
  }
  return placed;
}

// With index and range, but without levels.
std::vector<ChangePoint> FindPlaces(std::span<const double> series) {
  const std::vector<size_t> kept = WithoutLoneSpikes(LogarithmsIfPositive(series));
  std::vector<double> values;
  for (const size_t index : kept) values.push_back(series[index]);
  std::vector<ChangePoint> changes = PlaceAll(values, FindIndexes(values));
  for (ChangePoint& change : changes) {
    // A point that was left out just before a change may be its first.
    change.index = kept[change.index - 1] + 1;
    change.first = kept[change.first - 1] + 1;
    change.last = kept[change.last];
  }
  return changes;
}

}  // namespace

double RelativeChange(double before, double after) {
  if (before == after) return 0;
  if (before == 0) return std::copysign(std::numeric_limits<double>::infinity(), after);
  return (after - before) / std::abs(before);
}

std::vector<ChangePoint> FindChangePoints(std::span<const double> series) {
  RB_CHECK(std::all_of(series.begin(), series.end(), [](double value) { return std::isfinite(value); }));
  std::vector<ChangePoint> changes = FindPlaces(series);
  for (size_t i = 0; i < changes.size(); ++i) {
    ChangePoint& change = changes[i];
    const size_t begin = i == 0 ? 0 : changes[i - 1].index;
    const size_t end = i + 1 == changes.size() ? series.size() : changes[i + 1].index;
    change.before = Median(series.subspan(begin, change.index - begin));
    change.after = Median(series.subspan(change.index, end - change.index));
    change.change = RelativeChange(change.before, change.after);
  }
  return changes;
}

}  // namespace rapidbyte::stats
