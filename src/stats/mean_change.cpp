#include "stats/mean_change.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "stats/welch.h"

namespace rapidbyte::stats {
namespace {

void AddTest(const MeanAndVariance& differences, double level, MeanChange& change) {
  const auto n = static_cast<double>(differences.n);
  const double error = std::sqrt(differences.variance / n);
  change.error = error;
  // Differences that are all equal: no spread to doubt them by.
  if (error <= 1e-12 * std::abs(change.change)) {
    change.interval = Interval{change.change, change.change};
    change.p_value = change.change == 0 ? 1 : 0;
    return;
  }
  const boost::math::students_t distribution(n - 1);
  const double reach = boost::math::quantile(distribution, 0.5 + level / 2) * error;
  change.interval = Interval{change.change - reach, change.change + reach};
  change.p_value = 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(change.change) / error));
}

}  // namespace

MeanChange PairedMeanChange(std::span<const double> before, std::span<const double> after, double level) {
  const size_t pairs = std::min(before.size(), after.size());
  std::vector<double> differences(pairs);
  for (size_t i = 0; i < pairs; ++i) differences[i] = after[i] - before[i];
  const MeanAndVariance moments = MeanAndVarianceOf(differences);
  MeanChange change;
  change.before = MeanAndVarianceOf(before.first(pairs)).mean;
  change.after = MeanAndVarianceOf(after.first(pairs)).mean;
  change.change = moments.mean;
  if (pairs >= 2) AddTest(moments, level, change);
  return change;
}

MeanChange WelchMeanChange(std::span<const double> before, std::span<const double> after, double level) {
  const MeanAndVariance one = MeanAndVarianceOf(before);
  const MeanAndVariance other = MeanAndVarianceOf(after);
  MeanChange change;
  change.before = one.mean;
  change.after = other.mean;
  change.change = other.mean - one.mean;
  if (one.n < 2 || other.n < 2) return change;
  const MeanDifference difference = CompareMeans(one, other, level);
  change.error = std::sqrt(one.variance / static_cast<double>(one.n) + other.variance / static_cast<double>(other.n));
  change.interval = difference.interval;
  change.p_value = difference.p_value;
  return change;
}

}  // namespace rapidbyte::stats
