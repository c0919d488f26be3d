#include "stats/holm.h"

#include <algorithm>
#include <numeric>

namespace rapidbyte::stats {

std::vector<double> HolmAdjust(std::span<const double> p_values, size_t family) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });

  std::vector<double> adjusted(p_values.size());
  size_t hypotheses_left = std::max(family, p_values.size());
  double so_far = 0;  // who is rejected needs all with a smaller p to be rejected before
  for (const size_t i : order) {
    so_far = std::max(so_far, std::min(1.0, static_cast<double>(hypotheses_left) * p_values[i]));
    adjusted[i] = so_far;
    --hypotheses_left;
  }
  return adjusted;
}

}  // namespace rapidbyte::stats
