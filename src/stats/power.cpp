#include "stats/power.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "stats/rank_sum.h"
#include "stats/signed_rank.h"

namespace rapidbyte::stats {
namespace {

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }
double NormalQuantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

// P(X + shift > Y and X + shift > Z) of independent standard normal X, Y, Z. The integrand vanishes at the ends, so
// that the plain sum converges at once.
double BothBelow(double shift) {
  constexpr double step = 1.0 / 16;
  double sum = 0;
  for (int i = -128; i <= 128; ++i) {
    const double x = i * step;
    const double below = NormalCdf(x + shift);
    sum += std::exp(-x * x / 2) * below * below;
  }
  return sum * step / std::sqrt(2 * std::numbers::pi);
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

// Of the rank statistic, for normal noise of sd 1 that is shifted.
Moments SignedRankMoments(double shift, double n) {
  const double one = NormalCdf(shift);                        // P(D > 0)
  const double two = NormalCdf(std::numbers::sqrt2 * shift);  // P(D + D' > 0)
  const double three = BothBelow(2 * shift);                  // P(D + D' > 0 and D + D'' > 0)
  return {n * (n - 1) / 2 * two + n * one, n * (n - 1) * (n - 2) * (three - two * two) +
                                               n * (n - 1) / 2 * (2 * (one - two) * (one - two) + 3 * two * (1 - two)) +
                                               n * one * (1 - one)};
}

Moments RankSumMoments(double shift, double n) {
  const double one = NormalCdf(shift / std::numbers::sqrt2);  // P(A > B)
  const double both = BothBelow(shift);                       // P(A > B and A > B')
  return {n * n * one, n * n * one * (1 - one) + 2 * n * n * (n - 1) * (both - one * one)};
}

NullDistribution Distribution(Design design, size_t blocks) {
  return design == Design::kPaired ? SignedRankDistribution(blocks) : RankSumDistribution(blocks, blocks);
}

// Of the estimate of the log ratio, for normal noise: the rank tests' efficiency is 3/pi.
double StandardError(double sd, size_t blocks, Design design) {
  const double factor = std::numbers::pi / 3 * (design == Design::kPaired ? 1 : 2);
  return sd * std::sqrt(factor / static_cast<double>(blocks));
}

double PowerOfEquivalence(double distance, double limit, double standard_error, const Criteria& criteria) {
  const double z = NormalQuantile(1 - criteria.equivalence_alpha);
  return NormalCdf((limit - distance) / standard_error - z) + NormalCdf((limit + distance) / standard_error - z) - 1;
}

// The first number from `low` to kMostBlocks that is enough; `enough` stays true once it is.
template <typename Enough>
std::optional<size_t> FirstEnough(size_t low, Enough enough) {
  size_t high = low;
  while (high < kMostBlocks && !enough(high)) high = std::min(2 * high, kMostBlocks);
  if (!enough(high)) return std::nullopt;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (enough(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace

double Criteria::FirstLevel(size_t cells) const {
  return std::min(largest_p, alpha / static_cast<double>(std::max<size_t>(cells, 1)));
}

size_t BlocksBeforeSignificance(size_t cells, Design design, const Criteria& criteria) {
  const double level = criteria.FirstLevel(cells);
  RB_CHECK(level > 0);
  double p = 2;  // of the most extreme outcome: one of 2^n signs, or of (2n over n) arrangements, at each end
  size_t n = 0;
  while (p > level) {
    ++n;
    const auto count = static_cast<double>(n);
    p *= design == Design::kPaired ? 0.5 : count / (2 * (2 * count - 1));
  }
  return n;
}

double PowerOfTest(double shift, size_t blocks, double level, Design design) {
  if (blocks == 0) return 0;
  const NullDistribution distribution = Distribution(design, blocks);
  const size_t rejected = distribution.CountUpTo(level);
  if (rejected == 0) return 0;
  const auto n = static_cast<double>(blocks);
  const Moments above = design == Design::kPaired ? SignedRankMoments(shift, n) : RankSumMoments(shift, n);
  // Of what the statistic lacks to its largest value, which is small and skewed where the power is worth asking for.
  const double mean = static_cast<double>(distribution.Largest()) - above.mean;
  if (mean <= 0 || above.variance <= 0) return 1;
  const double scale = above.variance / mean;
  return boost::math::gamma_p(mean / scale, (static_cast<double>(rejected) - 0.5) / scale);
}

std::optional<double> SmallestEffect(double sd_of_log_ratio, size_t blocks, size_t cells, double threshold,
                                     Design design, const Criteria& criteria) {
  if (blocks < BlocksBeforeSignificance(cells, design, criteria)) return std::nullopt;
  const double level = criteria.FirstLevel(cells);
  double low = 0, high = 1;  // in sd
  while (PowerOfTest(high, blocks, level, design) < criteria.power) high *= 2;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (PowerOfTest(middle, blocks, level, design) < criteria.power ? low : high) = middle;
  }
  const double beyond =
      std::log1p(threshold) + NormalQuantile(criteria.power) * StandardError(sd_of_log_ratio, blocks, design);
  return std::exp(std::max(high * sd_of_log_ratio, beyond));
}

std::optional<size_t> BlocksForChange(double true_ratio, double sd_of_log_ratio, size_t cells, Design design,
                                      const Criteria& criteria) {
  const double level = criteria.FirstLevel(cells);
  const double distance = std::abs(std::log(true_ratio));
  return FirstEnough(BlocksBeforeSignificance(cells, design, criteria), [&](size_t blocks) {
    return sd_of_log_ratio <= 0 || PowerOfTest(distance / sd_of_log_ratio, blocks, level, design) >= criteria.power;
  });
}

std::optional<size_t> BlocksForEquivalence(double true_ratio, double sd_of_log_ratio, size_t cells, double threshold,
                                           Design design, const Criteria& criteria) {
  const double distance = std::abs(std::log(true_ratio));
  const double limit = std::log1p(threshold);
  if (distance >= limit) return std::nullopt;
  return FirstEnough(BlocksBeforeSignificance(cells, design, criteria), [&](size_t blocks) {
    const double standard_error = StandardError(sd_of_log_ratio, blocks, design);
    return sd_of_log_ratio <= 0 || PowerOfEquivalence(distance, limit, standard_error, criteria) >= criteria.power;
  });
}

std::optional<double> NoiseSeenBy(const RankTest& test, const NullDistribution& distribution, const Ratio& ratio) {
  constexpr double level = 0.8;  // wide enough to be of the whole sample, far enough from the discrete ends
  const auto interval = test.IntervalAt(level);
  if (!interval) return std::nullopt;
  const double outside = 2 * distribution.Cdf(distribution.CountBelow(1 - level) - 1);
  const double half_width = std::log(interval->upper / interval->lower) / 2;
  const double standard_error = half_width / NormalQuantile(1 - outside / 2);
  const auto n = static_cast<double>(ratio.numerators);
  const double weight = ratio.pairs > 0 ? n : 1 / (1 / n + 1 / static_cast<double>(ratio.denominators));
  return standard_error * std::sqrt(weight * 3 / std::numbers::pi);
}

}  // namespace rapidbyte::stats
