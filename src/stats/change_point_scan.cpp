#include "stats/change_point_scan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "stats/series_scores.h"

namespace rapidbyte::stats {
namespace {

double NormalCdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double NormalDensity(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }

// Siegmund's nu: how much rarer a walk in steps crosses a line than a continuous one. A close approximation of his.
double StepCorrection(double x) {
  const double half = x / 2;
  if (half < 1e-3) return 1;
  return (NormalCdf(half) - 0.5) / half / (half * NormalCdf(half) + NormalDensity(half));
}

// Sum over the places of a step of how much the statistic may move from one to the next, each with its correction: an
// integral over the logarithm of the odds of the place, where the uncorrected sum is flat.
double Opportunities(double height, size_t length) {
  constexpr int kNodes = 16;
  const auto n = static_cast<double>(length);
  const double width = std::log((n - kMinSegment) / kMinSegment) / kNodes;
  double sum = 0;
  for (int node = 0; node < kNodes; ++node) {
    const double odds = std::exp((node + 0.5) * width);
    sum += StepCorrection(height * std::sqrt((1 + odds) * (1 + odds) / (n * odds)));
  }
  return 2 * sum * width;  // both halves of the window are alike
}

}  // namespace

// Whitened, a level is (sqrt(first_square), innovation, innovation...) and a step is (0... 0, 1, innovation...).
StepShapes::StepShapes(size_t window, double correlation)
    : length(window),
      first_square(1 - correlation * correlation),
      innovation(1 - correlation),
      level_share(window),
      inverse_square(window) {
  const double square = innovation * innovation;
  const double level_level = first_square + static_cast<double>(length - 1) * square;
  for (size_t place = 1; place < length; ++place) {
    const auto later = static_cast<double>(length - place - 1);
    const double step_level = innovation + later * square;
    const double step_step = 1 + later * square;
    level_share[place] = step_level / level_level;
    inverse_square[place] = 1 / (step_step - step_level * level_share[place]);
  }
}

ChangePointScan::ChangePointScan(std::span<const double> values, double correlation)
    : scores_(NormalScores(values)), sums_(values.size() + 1), correlation_(correlation) {
  RB_CHECK(values.size() >= 2 * kMinSegment);
  const double first_square = 1 - correlation * correlation;
  const double innovation = 1 - correlation;
  double own = scores_[0] * scores_[0];
  double squares = first_square * own;
  sums_[1] = std::sqrt(first_square) * scores_[0];
  for (size_t i = 1; i < size(); ++i) {
    const double whitened = scores_[i] - correlation * scores_[i - 1];
    sums_[i + 1] = sums_[i] + whitened;
    squares += whitened * whitened;
    own += scores_[i] * scores_[i];
  }
  const auto n = static_cast<double>(size());
  const double level = first_square + (n - 1) * innovation * innovation;
  const double along_level = first_square * scores_[0] + innovation * (sums_[size()] - sums_[1]);
  const double hidden_by_ties = (1 + correlation * correlation) * (n - own);
  variation_ = squares - along_level * along_level / level + hidden_by_ties;
}

double ChangePointScan::Explained(const StepShapes& shapes, size_t begin, size_t index) const {
  const double end_sum = sums_[begin + shapes.length];
  const double along_level = shapes.first_square * scores_[begin] + shapes.innovation * (end_sum - sums_[begin + 1]);
  const double along_step = sums_[index + 1] - sums_[index] + shapes.innovation * (end_sum - sums_[index + 1]);
  const double along = along_step - along_level * shapes.level_share[index - begin];
  return along * along * shapes.inverse_square[index - begin] / variation_;
}

Split ChangePointScan::BestSplit(const StepShapes& shapes, size_t begin) const {
  Split best;
  for (size_t index = begin + kMinSegment; index + kMinSegment <= begin + shapes.length; ++index) {
    const double explained = Explained(shapes, begin, index);
    if (explained > best.explained) best = {index, explained};
  }
  return best;
}

double ChangePointScan::PValue(double explained, size_t length) const {
  const auto n = static_cast<double>(size());
  const double height = std::sqrt(explained * (n - 1));
  if (height < 2) return 1;  // the tail's formula is for the tail
  if (explained >= 1) return 0;
  const double density = std::exp(0.5 * (n - 4) * std::log1p(-explained)) / std::sqrt(2 * std::numbers::pi);
  const double single_place = 2 * (1 - explained) / height;
  return std::min(1.0, density * (height * Opportunities(height, length) + single_place));
}

}  // namespace rapidbyte::stats
