#include "stats/change_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "stats/change_point_scan.h"
#include "stats/change_point_search.h"
#include "stats/series_scores.h"

namespace rapidbyte::stats {
namespace {

constexpr double kFalseAlarmRate = 0.018;  // 2% with a margin
constexpr double kConfidence = 0.95;
constexpr double kLargestCorrelation = 0.95;
constexpr int kMostRounds = 8;

// What the search should assume where `estimate` was measured on n points: nothing where it is less than one standard
// error (1/sqrt(n)) from 0, so that independent noise loses no power; from two and a half on, 0.4 more than measured,
// since correlation that is taken for too small raises false alarms, while the opposite only costs power.
double CautiousCorrelation(double estimate, size_t n) {
  const double error = 1 / std::sqrt(static_cast<double>(n));
  const double certainty = std::clamp((estimate / error - 1) / 1.5, 0.0, 1.0);
  const double target = std::max(estimate, 2.5 * error);
  return std::min(kLargestCorrelation, certainty * (target + 0.4 * error));
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

struct Range {
  size_t first = 0;
  size_t last = 0;
};

// Places around `index` that together have 95% of the likelihood of all places in the segment, from the likeliest
// neighbour to the next.
Range ConfidenceRange(const ChangePointScan& scan, size_t index) {
  const size_t lowest = kMinSegment;
  const size_t highest = scan.size() - kMinSegment;
  std::vector<double> likelihood(scan.size() + 1, 0.0);
  const StepShapes shapes(scan.size(), scan.correlation());
  const double at_index = scan.Explained(shapes, 0, index);
  double total = 0;
  for (size_t i = lowest; i <= highest; ++i) {
    const double unexplained = (1 - scan.Explained(shapes, 0, i)) / (1 - at_index);
    total += likelihood[i] = std::pow(unexplained, -0.5 * static_cast<double>(scan.size() - 3));
  }
  Range range{index, index};
  for (double covered = likelihood[index]; covered < kConfidence * total;) {
    if (range.first == lowest && range.last == highest) break;
    const double below = range.first > lowest ? likelihood[range.first - 1] : -1;
    const double above = range.last < highest ? likelihood[range.last + 1] : -1;
    covered += std::max(below, above);
    if (below >= above) {
      --range.first;
    } else {
      ++range.last;
    }
  }
  return range;
}

}  // namespace

double RelativeChange(double before, double after) {
  if (before == after) return 0;
  if (before == 0) return std::copysign(std::numeric_limits<double>::infinity(), after);
  return (after - before) / std::abs(before);
}

std::vector<ChangePoint> FindChangePoints(std::span<const double> series) {
  RB_CHECK(std::all_of(series.begin(), series.end(), [](double value) { return std::isfinite(value); }));
  const Changes changes = FindIndexes(series);
  std::vector<ChangePoint> found;
  for (size_t i = 0; i < changes.indexes.size(); ++i) {
    const size_t begin = i == 0 ? 0 : changes.indexes[i - 1];
    const size_t index = changes.indexes[i];
    const size_t end = i + 1 == changes.indexes.size() ? series.size() : changes.indexes[i + 1];
    const ChangePointScan scan(series.subspan(begin, end - begin), changes.correlation);
    const Range range = ConfidenceRange(scan, index - begin);
    const double before = Median(series.subspan(begin, index - begin));
    const double after = Median(series.subspan(index, end - index));
    found.push_back({index, begin + range.first, begin + range.last, before, after, RelativeChange(before, after)});
  }
  return found;
}

}  // namespace rapidbyte::stats
