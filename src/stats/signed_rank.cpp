#include "stats/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"

namespace rapidbyte::stats {
namespace {

constexpr size_t kExactBelow = 50;  // 2^49 subsets still count exactly in a double

size_t LargestRankSum(size_t n) { return n * (n + 1) / 2; }

// Counts, for each rank sum, the subsets of {1..n} that have it; there are 2^n subsets, all equally likely.
std::vector<double> CountSubsets(size_t n) {
  std::vector<double> count(LargestRankSum(n) + 1, 0.0);
  count[0] = 1;
  for (size_t rank = 1; rank <= n; ++rank) {
    for (size_t sum = LargestRankSum(rank); sum >= rank; --sum) count[sum] += count[sum - rank];
  }
  return count;
}

// The distribution of the rank sum of n pairs, prepared once for many questions.
class RankSumDistribution {
 public:
  explicit RankSumDistribution(size_t n) : n_(n) {
    if (n >= kExactBelow) return;
    cumulative_ = CountSubsets(n);
    const double subsets = std::exp2(static_cast<double>(n));
    double below = 0;
    for (double& entry : cumulative_) entry = (below += entry) / subsets;
  }

  double Cdf(size_t w) const {
    if (w >= LargestRankSum(n_)) return 1;
    return n_ < kExactBelow ? cumulative_[w] : NormalCdf(static_cast<double>(w));
  }

 private:
  double NormalCdf(double w) const {
    const auto n = static_cast<double>(n_);
    const double mean = n * (n + 1) / 4;
    const double deviation = std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
    return 0.5 * std::erfc(-(w + 0.5 - mean) / (deviation * std::sqrt(2.0)));
  }

  size_t n_;
  std::vector<double> cumulative_;
};

// The ratio of each pair and of the geometric mean of each two pairs (Walsh's averages on the log scale), sorted. The
// number of them above a hypothetical ratio is the rank sum of the pairs above it.
std::vector<double> PairwiseRatios(const std::vector<double>& log_ratios) {
  std::vector<double> ratios;
  ratios.reserve(LargestRankSum(log_ratios.size()));
  for (size_t i = 0; i < log_ratios.size(); ++i) {
    for (size_t j = i; j < log_ratios.size(); ++j) ratios.push_back(std::exp(0.5 * (log_ratios[i] + log_ratios[j])));
  }
  std::sort(ratios.begin(), ratios.end());
  return ratios;
}

double GeometricMedian(const std::vector<double>& sorted) {
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : std::sqrt(sorted[middle - 1] * sorted[middle]);
}

double TwoSidedP(const std::vector<double>& sorted, const RankSumDistribution& distribution) {
  // A pairwise ratio of exactly 1 counts on both sides: ties favour "no difference".
  const auto not_above = std::upper_bound(sorted.begin(), sorted.end(), 1.0) - sorted.begin();
  const auto not_below = sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), 1.0);
  return std::min(1.0, 2 * distribution.Cdf(static_cast<size_t>(std::min(not_above, not_below))));
}

// The ratios that TwoSidedP would not reject: as many are cut off at each end as the test rejects rank sums.
std::optional<Interval> Invert(const std::vector<double>& sorted, const RankSumDistribution& distribution,
                               double level) {
  size_t rejected = 0;
  while (rejected < sorted.size() && 2 * distribution.Cdf(rejected) < 1 - level) ++rejected;
  if (rejected == 0) return std::nullopt;
  return Interval{sorted[rejected - 1], sorted[sorted.size() - rejected]};
}

std::optional<std::vector<double>> LogRatios(std::span<const double> numerator, std::span<const double> denominator) {
  RB_CHECK(numerator.size() == denominator.size());
  std::vector<double> logs;
  for (size_t i = 0; i < numerator.size(); ++i) {
    const bool positive = numerator[i] > 0 && denominator[i] > 0;
    if (!positive || !std::isfinite(numerator[i]) || !std::isfinite(denominator[i])) return std::nullopt;
    logs.push_back(std::log(numerator[i]) - std::log(denominator[i]));
  }
  return logs;
}

}  // namespace

std::optional<PairedRatio> ComparePairs(std::span<const double> numerator, std::span<const double> denominator,
                                        double level) {
  const auto logs = LogRatios(numerator, denominator);
  if (!logs || logs->empty()) return std::nullopt;
  const std::vector<double> ratios = PairwiseRatios(*logs);
  const RankSumDistribution distribution(logs->size());
  return PairedRatio{
      .pairs = logs->size(),
      .estimate = GeometricMedian(ratios),
      .interval = Invert(ratios, distribution, level),
      .p_value = TwoSidedP(ratios, distribution),
  };
}

double SignedRankCdf(size_t w, size_t n) { return RankSumDistribution(n).Cdf(w); }

}  // namespace rapidbyte::stats
