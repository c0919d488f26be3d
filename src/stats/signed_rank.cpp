#include "stats/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <utility>
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

}  // namespace

NullDistribution SignedRankDistribution(size_t n) {
  if (n < kExactBelow) return NullDistribution::Exact(CountSubsets(n));
  const auto pairs = static_cast<double>(n);
  return NullDistribution::Approximate(LargestRankSum(n), std::sqrt(pairs * (pairs + 1) * (2 * pairs + 1) / 24));
}

std::optional<RankTest> SignedRankTest(std::span<const double> numerator, std::span<const double> denominator,
                                       const NullDistribution& distribution) {
  RB_CHECK(numerator.size() == denominator.size());
  auto logs = Logarithms(numerator);
  const auto subtracted = Logarithms(denominator);
  if (!logs || !subtracted || logs->empty()) return std::nullopt;
  const size_t pairs = logs->size();
  for (size_t i = 0; i < pairs; ++i) (*logs)[i] -= (*subtracted)[i];
  std::sort(logs->begin(), logs->end());
  // The mean of each two pairs' log ratios (Walsh's averages), each pair with itself included.
  std::vector<double> means;
  std::vector<size_t> run_ends;
  means.reserve(LargestRankSum(pairs));
  for (size_t i = 0; i < pairs; ++i) {
    for (size_t j = i; j < pairs; ++j) means.push_back(0.5 * ((*logs)[i] + (*logs)[j]));
    run_ends.push_back(means.size());
  }
  return RankTest(std::move(means), std::move(run_ends), distribution);
}

std::optional<Ratio> ComparePairs(std::span<const double> numerator, std::span<const double> denominator,
                                  double level) {
  const NullDistribution distribution = SignedRankDistribution(numerator.size());
  const auto test = SignedRankTest(numerator, denominator, distribution);
  if (!test) return std::nullopt;
  return Ratio{
      .pairs = numerator.size(),
      .numerators = numerator.size(),
      .denominators = numerator.size(),
      .estimate = test->Estimate(),
      .interval = test->IntervalAt(level),
      .p_value = test->PValue(),
  };
}

double SignedRankCdf(size_t w, size_t n) { return SignedRankDistribution(n).Cdf(w); }

}  // namespace rapidbyte::stats
