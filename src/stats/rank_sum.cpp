#include "stats/rank_sum.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace rapidbyte::stats {
namespace {

constexpr double kExactArrangements = 9007199254740992.0;  // 2^53: a double counts as far

// n + m over n, or more than kExactArrangements where it is more than that.
double Arrangements(size_t n, size_t m) {
  double count = 1;
  for (size_t i = 1; i <= std::min(n, m); ++i) {
    count = count * static_cast<double>(std::max(n, m) + i) / static_cast<double>(i);
    if (count > kExactArrangements) break;
  }
  return count;
}

// Counts, for each U, the arrangements that have it: the coefficients of the Gaussian binomial, which is the product of
// (1 - q^(m + i)) / (1 - q^i) for i from 1 to n. After each factor they are whole numbers again.
std::vector<double> CountArrangements(size_t n, size_t m) {
  std::vector<double> count(n * m + 1, 0.0);
  count[0] = 1;
  for (size_t i = 1; i <= n; ++i) {
    for (size_t u = n * m; u >= m + i; --u) count[u] -= count[u - m - i];
    for (size_t u = i; u <= n * m; ++u) count[u] += count[u - i];
  }
  return count;
}

}  // namespace

NullDistribution RankSumDistribution(size_t n, size_t m) {
  if (Arrangements(n, m) <= kExactArrangements) {
    return NullDistribution::Exact(CountArrangements(std::min(n, m), std::max(n, m)));
  }
  const double product = static_cast<double>(n) * static_cast<double>(m);
  return NullDistribution::Approximate(n * m, std::sqrt(product * static_cast<double>(n + m + 1) / 12));
}

std::optional<RankTest> RankSumTest(std::span<const double> numerator, std::span<const double> denominator,
                                    const NullDistribution& distribution) {
  auto above = Logarithms(numerator);
  const auto below = Logarithms(denominator);
  if (!above || !below || above->empty() || below->empty()) return std::nullopt;
  std::sort(above->begin(), above->end());
  std::vector<double> log_ratios;
  std::vector<size_t> run_ends;
  log_ratios.reserve(above->size() * below->size());
  for (const double b : *below) {
    for (const double a : *above) log_ratios.push_back(a - b);
    run_ends.push_back(log_ratios.size());
  }
  return RankTest(std::move(log_ratios), std::move(run_ends), distribution);
}

std::optional<Ratio> CompareSamples(std::span<const double> numerator, std::span<const double> denominator,
                                    double level) {
  const NullDistribution distribution = RankSumDistribution(numerator.size(), denominator.size());
  const auto test = RankSumTest(numerator, denominator, distribution);
  if (!test) return std::nullopt;
  return Ratio{
      .numerators = numerator.size(),
      .denominators = denominator.size(),
      .estimate = test->Estimate(),
      .interval = test->IntervalAt(level),
      .p_value = test->PValue(),
  };
}

}  // namespace rapidbyte::stats
