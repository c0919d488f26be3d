#include "stats/rank_test.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace rapidbyte::stats {
namespace {

// The first k of 0, 1, …, largest that is not inside, or largest + 1; all that are inside come first.
template <typename Inside>
size_t FirstOutside(size_t largest, Inside inside) {
  size_t low = 0, high = largest + 1;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (inside(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Merges two ascending runs. Without a branch on the values: they come in no order that a processor could foresee,
// which makes the library's merge and sort several times slower here.
double* Merge(const double* left, const double* left_end, const double* right, const double* right_end, double* out) {
  while (left != left_end && right != right_end) {
    const double a = *left, b = *right;
    *out++ = std::min(a, b);
    const size_t from_left = a <= b;
    left += from_left;
    right += 1 - from_left;
  }
  return std::copy(right, right_end, std::copy(left, left_end, out));
}

// Sorts values that are ascending up to each of run_ends, the last of which is the end.
std::vector<double> MergeRuns(std::vector<double> values, std::vector<size_t> run_ends) {
  RB_CHECK(!run_ends.empty() && run_ends.back() == values.size());
  std::vector<double> merged(values.size());
  while (run_ends.size() > 1) {
    std::vector<size_t> ends;
    const double* left = values.data();
    double* out = merged.data();
    for (size_t run = 0; run < run_ends.size(); run += 2) {
      const double* right = values.data() + run_ends[run];
      const double* right_end = values.data() + run_ends[std::min(run + 1, run_ends.size() - 1)];
      out = Merge(left, right, right, right_end, out);
      left = right_end;
      ends.push_back(static_cast<size_t>(right_end - values.data()));
    }
    values.swap(merged);
    run_ends.swap(ends);
  }
  return values;
}

}  // namespace

NullDistribution NullDistribution::Exact(std::vector<double> counts) {
  RB_CHECK(!counts.empty());
  NullDistribution distribution;
  distribution.largest_ = counts.size() - 1;
  for (size_t k = 1; k < counts.size(); ++k) counts[k] += counts[k - 1];
  const double all = counts.back();
  for (double& entry : counts) entry /= all;
  distribution.cumulative_ = std::move(counts);
  return distribution;
}

NullDistribution NullDistribution::Approximate(size_t largest, double deviation) {
  NullDistribution distribution;
  distribution.largest_ = largest;
  distribution.deviation_ = deviation;
  return distribution;
}

double NullDistribution::Cdf(size_t k) const {
  if (k >= largest_) return 1;
  if (!cumulative_.empty()) return cumulative_[k];
  const double distance = static_cast<double>(k) + 0.5 - static_cast<double>(largest_) / 2;
  return 0.5 * std::erfc(-distance / (deviation_ * std::sqrt(2.0)));
}

size_t NullDistribution::CountBelow(double level) const {
  return FirstOutside(largest_, [&](size_t k) { return 2 * Cdf(k) < level; });
}

size_t NullDistribution::CountUpTo(double level) const {
  return FirstOutside(largest_, [&](size_t k) { return 2 * Cdf(k) <= level; });
}

RankTest::RankTest(std::vector<double> pairwise_log_ratios, std::vector<size_t> run_ends,
                   const NullDistribution& distribution)
    : sorted_(MergeRuns(std::move(pairwise_log_ratios), std::move(run_ends))), distribution_(&distribution) {
  RB_CHECK(!sorted_.empty() && sorted_.size() == distribution.Largest());
  for (double& log : sorted_) {
    if (std::abs(log) < kTie) log = 0;
  }
}

double RankTest::Estimate() const {
  const size_t middle = sorted_.size() / 2;
  return std::exp(sorted_.size() % 2 == 1 ? sorted_[middle] : (sorted_[middle - 1] + sorted_[middle]) / 2);
}

double RankTest::PValue() const {
  const auto not_above = std::upper_bound(sorted_.begin(), sorted_.end(), 0.0) - sorted_.begin();
  const auto not_below = sorted_.end() - std::lower_bound(sorted_.begin(), sorted_.end(), 0.0);
  return std::min(1.0, 2 * distribution_->Cdf(static_cast<size_t>(std::min(not_above, not_below))));
}

// As many ratios are cut off at each end as the test rejects values of its statistic.
std::optional<Interval> RankTest::IntervalAt(double level) const {
  const size_t rejected = distribution_->CountBelow(1 - level);
  if (rejected == 0) return std::nullopt;
  return Interval{std::exp(sorted_[rejected - 1]), std::exp(sorted_[sorted_.size() - rejected])};
}

std::optional<std::vector<double>> Logarithms(std::span<const double> values) {
  std::vector<double> logs;
  logs.reserve(values.size());
  for (const double value : values) {
    if (!(value > 0) || !std::isfinite(value)) return std::nullopt;
    logs.push_back(std::log(value));
  }
  return logs;
}

}  // namespace rapidbyte::stats
