#include "stats/mean_change.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace rapidbyte::stats {
namespace {

struct Moments {
  double n = 0;
  double mean = 0;
  double squared_error = 0;  // of the mean
};

template <typename ValueAt>
Moments MomentsOf(size_t count, const ValueAt& value_at) {
  Moments moments;
  moments.n = static_cast<double>(count);
  if (count == 0) return moments;
  for (size_t i = 0; i < count; ++i) moments.mean += value_at(i) / moments.n;
  double squares = 0;
  for (size_t i = 0; i < count; ++i) squares += (value_at(i) - moments.mean) * (value_at(i) - moments.mean);
  if (count > 1) moments.squared_error = squares / (moments.n - 1) / moments.n;
  return moments;
}

Moments MomentsOf(std::span<const double> values) {
  return MomentsOf(values.size(), [&](size_t i) { return values[i]; });
}

void AddTest(double squared_error, double freedom, double level, MeanChange& change) {
  const double error = std::sqrt(squared_error);
  change.error = error;
  // Differences that are all equal: no spread to doubt them by.
  if (error <= 1e-12 * std::abs(change.change)) {
    change.interval = Interval{change.change, change.change};
    change.p_value = change.change == 0 ? 1 : 0;
    return;
  }
  const boost::math::students_t distribution(freedom);
  const double reach = boost::math::quantile(distribution, 0.5 + level / 2) * error;
  change.interval = Interval{change.change - reach, change.change + reach};
  change.p_value = 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(change.change) / error));
}

}  // namespace

MeanChange PairedMeanChange(std::span<const double> before, std::span<const double> after, double level) {
  const size_t pairs = std::min(before.size(), after.size());
  const Moments differences = MomentsOf(pairs, [&](size_t i) { return after[i] - before[i]; });
  MeanChange change;
  change.before = MomentsOf(before.first(pairs)).mean;
  change.after = MomentsOf(after.first(pairs)).mean;
  change.change = differences.mean;
  if (pairs >= 2) AddTest(differences.squared_error, differences.n - 1, level, change);
  return change;
}

MeanChange WelchMeanChange(std::span<const double> before, std::span<const double> after, double level) {
  const Moments one = MomentsOf(before);
  const Moments other = MomentsOf(after);
  MeanChange change;
  change.before = one.mean;
  change.after = other.mean;
  change.change = other.mean - one.mean;
  if (before.size() < 2 || after.size() < 2) return change;
  const double sum = one.squared_error + other.squared_error;
  const double shares =
      one.squared_error * one.squared_error / (one.n - 1) + other.squared_error * other.squared_error / (other.n - 1);
  AddTest(sum, shares > 0 ? std::max(1.0, sum * sum / shares) : 1, level, change);
  return change;
}

}  // namespace rapidbyte::stats
