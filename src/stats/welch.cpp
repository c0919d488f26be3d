#include "stats/welch.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "base/check.h"

namespace rapidbyte::stats {

MeanAndVariance MeanAndVarianceOf(std::span<const double> values) {
  MeanAndVariance result{0, 0, values.size()};
  if (values.empty()) return result;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) result.mean += value / n;
  if (values.size() < 2) return result;
  for (const double value : values) result.variance += (value - result.mean) * (value - result.mean) / (n - 1);
  return result;
}

MeanDifference CompareMeans(const MeanAndVariance& first, const MeanAndVariance& second, double level) {
  RB_CHECK(first.n >= 2 && second.n >= 2);
  const auto n = static_cast<double>(first.n), m = static_cast<double>(second.n);
  const double a = first.variance / n, b = second.variance / m;
  const double estimate = second.mean - first.mean;
  const double freedom = (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1));
  // No variance, or one so small that its square is no number any more.
  if (!(freedom >= 1)) return {estimate, {estimate, estimate}, estimate == 0 ? 1.0 : 0.0};
  const boost::math::students_t distribution(freedom);
  const double error = std::sqrt(a + b);
  const double reach = boost::math::quantile(distribution, 0.5 + level / 2) * error;
  const double p = 2 * boost::math::cdf(boost::math::complement(distribution, std::fabs(estimate) / error));
  return {estimate, {estimate - reach, estimate + reach}, p};
}

}  // namespace rapidbyte::stats
