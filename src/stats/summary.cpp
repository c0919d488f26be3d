#include "stats/summary.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace rapidbyte::stats {
namespace {

constexpr double kFarOut = 3;
constexpr size_t kFewestValues = 6;
constexpr double kSmallestRelativeRange = 0.01;

}  // namespace

std::optional<Fences> FarOutFences(const Summary& summary) {
  if (summary.n < kFewestValues) return std::nullopt;
  const double smallest = kSmallestRelativeRange * std::abs(summary.median);
  const double range = std::max(summary.upper_quartile - summary.lower_quartile, smallest);
  return Fences{summary.lower_quartile - kFarOut * range, summary.upper_quartile + kFarOut * range};
}

double Quantile(const std::vector<double>& sorted, double probability) {
  RB_CHECK(!sorted.empty() && probability >= 0 && probability <= 1);
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

double RobustDeviation(std::vector<double> differences, double upper) {
  for (double& difference : differences) difference = std::abs(difference);
  std::sort(differences.begin(), differences.end());
  const auto by = [&](double probability) {
    return Quantile(differences, probability) / (std::numbers::sqrt2 * boost::math::erf_inv(probability));
  };
  return std::max(by(0.5), by(upper));
}

Summary Summarize(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return {
      .n = values.size(),
      .min = values.front(),
      .lower_quartile = Quantile(values, 0.25),
      .median = Quantile(values, 0.5),
      .upper_quartile = Quantile(values, 0.75),
      .max = values.back(),
  };
}

}  // namespace rapidbyte::stats
