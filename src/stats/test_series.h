// For tests: series of made-up noise.
#pragma once

#include <random>
#include <vector>

namespace rapidbyte::stats {

using Random = std::mt19937_64;
using Series = std::vector<double>;

inline double Normal(Random& random) { return std::normal_distribution<double>()(random); }

inline Series NormalSeries(size_t n, Random& random, double mean = 0) {
  Series series(n);
  for (double& value : series) value = mean + Normal(random);
  return series;
}

}  // namespace rapidbyte::stats
