// What the rank tests of pairs and of two independent samples share: the exact distribution of a rank statistic, and
// the test, estimate and interval that follow from counting pairwise ratios above a hypothetical ratio.
//
// Both Wilcoxon tests have this dual form (J. L. Hodges and E. L. Lehmann, Ann. Math. Stat. 34 (1963); M. Hollander and
// D. A. Wolfe, Nonparametric Statistical Methods, sections 3.1 to 3.3 and 4.1 to 4.3): the statistic is the number of
// pairwise ratios above the ratio under test, so one sorted list answers for every ratio, and p and interval agree by
// construction. Values; pure and deterministic; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace rapidbyte::stats {

struct Interval {
  double lower = 0;
  double upper = 0;
};

// Two things compared, as a ratio: numerator / denominator.
struct Ratio {
  size_t pairs = 0;       // 0 where the two sides are independent samples
  size_t numerators = 0;  // values on each side; both are `pairs` where there are pairs
  size_t denominators = 0;
  double estimate = 0;               // Hodges–Lehmann: exp of the median of the pairwise log ratios
  std::optional<Interval> interval;  // of the ratio, closed; nothing where there are too few values
  double p_value = 1;                // two-sided, of the hypothesis that the ratio is 1
};

// The distribution of a rank statistic where there is no difference: symmetric on 0 to Largest(). Computing it takes
// longer than asking it; make it once for all comparisons of one size.
class NullDistribution {
 public:
  // Exact: counts[k] arrangements give k. All are whole numbers whose sum is at most 2^53.
  static NullDistribution Exact(std::vector<double> counts);
  // Normal approximation with continuity correction.
  static NullDistribution Approximate(size_t largest, double deviation);

  double Cdf(size_t k) const;  // P(statistic <= k)
  size_t Largest() const { return largest_; }
  // The k for which 2 P(statistic <= k) < level, or <= level: how many, since they are 0, 1, 2, …
  size_t CountBelow(double level) const;
  size_t CountUpTo(double level) const;

 private:
  NullDistribution() = default;

  size_t largest_ = 0;
  double deviation_ = 0;
  std::vector<double> cumulative_;  // empty where approximate
};

// One comparison, ready for questions. Refers to the distribution, which must outlive it.
class RankTest {
 public:
  // All pairwise log ratios, as many as distribution.Largest(), in ascending runs that end before these places; from
  // sorted samples they come in such runs. One nearer to 0 than kTie is taken as 0: logarithms of equal ratios of
  // different numbers differ by their rounding.
  RankTest(std::vector<double> pairwise_log_ratios, std::vector<size_t> run_ends, const NullDistribution& distribution);

  double Estimate() const;
  // Two-sided, of the ratio 1. A pairwise ratio of exactly 1 counts on both sides: ties favour "no difference". Broken
  // at random they would leave the test exact; the worst way of breaking them keeps it valid, p can only get larger.
  double PValue() const;
  // The ratios that the same test at 1 - level does not reject; nothing where it rejects no outcome at all.
  std::optional<Interval> IntervalAt(double level) const;

  static constexpr double kTie = 1e-12;

 private:
  std::vector<double> sorted_;
  const NullDistribution* distribution_;
};

// The logarithms, in the order of the values; nothing where a value is not positive and finite, since a ratio says
// nothing there.
std::optional<std::vector<double>> Logarithms(std::span<const double> values);

}  // namespace rapidbyte::stats
