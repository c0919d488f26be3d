#include "stats/summary.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace rapidbyte::stats {

double Quantile(const std::vector<double>& sorted, double probability) {
  RB_CHECK(!sorted.empty() && probability >= 0 && probability <= 1);
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
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
