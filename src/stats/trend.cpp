#include "stats/trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "stats/rank_test.h"
#include "stats/summary.h"

namespace rapidbyte::stats {
namespace {

constexpr size_t kMostExact = 18;  // 18! is the largest factorial below 2^53

// Of the number of pairs in ascending order among n values in random order: Mahonian numbers.
NullDistribution ConcordanceDistribution(size_t n) {
  if (n > kMostExact) {
    const auto count = static_cast<double>(n);
    return NullDistribution::Approximate(n * (n - 1) / 2, std::sqrt(count * (count - 1) * (2 * count + 5) / 72));
  }
  std::vector<double> counts = {1};
  for (size_t size = 2; size <= n; ++size) {  // the next value may stand before 0 … size-1 of the others
    std::vector<double> next(counts.size() + size - 1);
    for (size_t k = 0; k < counts.size(); ++k) {
      for (size_t before = 0; before < size; ++before) next[k + before] += counts[k];
    }
    counts = std::move(next);
  }
  return NullDistribution::Exact(std::move(counts));
}

}  // namespace

std::optional<Trend> FindTrend(std::span<const double> places, std::span<const double> values) {
  RB_CHECK(places.size() == values.size());
  const size_t n = values.size();
  if (n < 2) return std::nullopt;
  size_t rising = 0, falling = 0;
  std::vector<double> slopes;
  for (size_t j = 1; j < n; ++j) {
    for (size_t i = 0; i < j; ++i) {
      const double difference = values[j] - values[i];
      rising += difference > 0;
      falling += difference < 0;
      slopes.push_back(difference / (places[j] - places[i]));
    }
  }
  const size_t against = slopes.size() - std::max(rising, falling);
  const double p = std::min(1.0, 2 * ConcordanceDistribution(n).Cdf(against));
  return Trend{n, Summarize(std::move(slopes)).median, p};
}

}  // namespace rapidbyte::stats
