#include "stats/change_point_place.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "stats/change_point_scan.h"
#include "stats/summary.h"

namespace rapidbyte::stats {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kCutOff = 3;

using LogLikelihoods = std::vector<double>;  // of each place from kMinSegment on, but for a constant

std::vector<double> Sorted(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

LogLikelihoods ByRanks(std::span<const double> segment, double correlation) {
  const ChangePointScan scan(segment, correlation);
  const StepShapes shapes(segment.size(), correlation);
  const double half_freedom = 0.5 * static_cast<double>(segment.size() - 3);
  LogLikelihoods result;
  for (size_t place = kMinSegment; place + kMinSegment <= segment.size(); ++place) {
    result.push_back(-half_freedom * std::log1p(-scan.Explained(shapes, 0, place)));
  }
  return result;
}

// Empty where the values say little. The levels are those of the sides of `index`.
LogLikelihoods ByValues(std::span<const double> segment, double correlation, size_t index) {
  const double before = Quantile(Sorted(segment.first(index)), 0.5);
  const double after = Quantile(Sorted(segment.subspan(index)), 0.5);
  // What is new at i, if the levels there and one point earlier are these. A spike is `most` to the point after it.
  const auto innovation = [&](size_t i, double level_here, double level_earlier, double most) {
    const double own = segment[i] - level_here;
    return i == 0 ? own : own - correlation * std::clamp(segment[i - 1] - level_earlier, -most, most);
  };
  std::vector<double> innovations;
  for (size_t i = 0; i < segment.size(); ++i) {
    const double level_earlier = i <= index ? before : after;
    innovations.push_back(innovation(i, i < index ? before : after, level_earlier, HUGE_VAL));
  }
  const double step = std::abs(after - before);
  const double noise = RobustDeviation(std::move(innovations), 0.9);
  if (step == 0 || step < noise) return {};
  // Without noise, every value that is not on its level counts in full.
  const double scale = std::max(noise, step / 10);
  const auto loss = [&](size_t i, double level_here, double level_earlier) {
    const double size = std::abs(innovation(i, level_here, level_earlier, kCutOff * scale));
    const double deviations = std::min(kCutOff, size / scale);
    return 0.5 * deviations * deviations;
  };
  // From place to place, one point goes over to the level before. Only differences between places matter.
  LogLikelihoods result;
  double gain = 0;
  for (size_t place = kMinSegment; place + kMinSegment <= segment.size(); ++place) {
    result.push_back(gain - loss(place, after, before));
    gain += loss(place + 1, after, after) - loss(place, before, before);
  }
  return result;
}

size_t Likeliest(const LogLikelihoods& places) {
  return static_cast<size_t>(std::max_element(places.begin(), places.end()) - places.begin());
}

// From the likeliest place to the likelier neighbour, and on, until 95% are within.
ChangePlace WithRange(const LogLikelihoods& places) {
  const size_t best = Likeliest(places);
  std::vector<double> likelihood;
  double total = 0;
  for (const double place : places) total += likelihood.emplace_back(std::exp(place - places[best]));
  size_t first = best;
  size_t last = best;
  for (double covered = 1; covered < kConfidence * total && last - first + 1 < places.size();) {
    const double below = first > 0 ? likelihood[first - 1] : -1;
    const double above = last + 1 < places.size() ? likelihood[last + 1] : -1;
    covered += std::max(below, above);
    if (below >= above) {
      --first;
    } else {
      ++last;
    }
  }
  return {kMinSegment + best, kMinSegment + first, kMinSegment + last};
}

}  // namespace

ChangePlace PlaceChange(std::span<const double> segment, double correlation, size_t index) {
  RB_CHECK(index >= kMinSegment && index + kMinSegment <= segment.size());
  LogLikelihoods places = ByValues(segment, correlation, index);
  if (places.empty()) return WithRange(ByRanks(segment, correlation));
  // Once more with the levels of the better place.
  const LogLikelihoods refined = ByValues(segment, correlation, kMinSegment + Likeliest(places));
  return WithRange(refined.empty() ? places : refined);
}

}  // namespace rapidbyte::stats
