#include "stats/change_point_scan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stats/series_scores.h"

namespace rapidbyte::stats {
namespace {

double NormalCdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double NormalDensity(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }

// Siegmund's nu
double Overshoot(double x) {
  if (x < 1e-3) return 1;
  const double half = x / 2;
  return (NormalCdf(half) - 0.5) / half / (half * NormalCdf(half) + NormalDensity(half));
}

double Crossings(double height, size_t scanned) {
  constexpr int kSteps = 16;
  const auto n = static_cast<double>(scanned);
  const double edge = std::log((n - kMinSegment) / kMinSegment);
  const double step = edge / kSteps;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double odds = std::exp((i + 0.5) * step);
    const double rate = (1 + odds) * (1 + odds) / (n * odds);
    sum += Overshoot(height * std::sqrt(rate));
  }
  return 2 * sum * step;
}

}  // namespace

ChangePointScan::ChangePointScan(std::span<const double> values, double correlation)
    : scores_(NormalScores(values)), whitened_(values.size()), sums_(values.size() + 1), correlation_(correlation) {
  double squares = 0;
  double scores_squares = 0;
  const double first = std::sqrt(1 - correlation * correlation);
  for (size_t i = 0; i < scores_.size(); ++i) {
    whitened_[i] = i == 0 ? first * scores_[0] : scores_[i] - correlation * scores_[i - 1];
    sums_[i + 1] = sums_[i] + whitened_[i];
    squares += whitened_[i] * whitened_[i];
    scores_squares += scores_[i] * scores_[i];
  }
  const auto n = static_cast<double>(scores_.size());
  const double fresh = 1 - correlation;
  const double level = first * first + (n - 1) * fresh * fresh;
  const double along = first * whitened_[0] + fresh * Sum(1, scores_.size());
  variation_ = squares - along * along / level + (1 + correlation * correlation) * (n - scores_squares);
}

double ChangePointScan::Explained(size_t begin, size_t end, size_t index) const {
  const double fresh = 1 - correlation_;
  const double first_square = 1 - correlation_ * correlation_;
  const auto n = static_cast<double>(end - begin);
  const auto after = static_cast<double>(end - index);
  const double level_level = first_square + (n - 1) * fresh * fresh;
  const double along_level = first_square * scores_[begin] + fresh * Sum(begin + 1, end);
  const double step_step = 1 + (after - 1) * fresh * fresh;
  const double step_level = fresh + (after - 1) * fresh * fresh;
  const double along_step = whitened_[index] + fresh * Sum(index + 1, end);
  const double along = along_step - along_level * step_level / level_level;
  return along * along / (step_step - step_level * step_level / level_level) / variation_;
}

Split ChangePointScan::BestSplit(size_t begin, size_t end) const {
  Split best;
  for (size_t index = begin + kMinSegment; index + kMinSegment <= end; ++index) {
    const double explained = Explained(begin, end, index);
    if (explained > best.explained) best = {index, explained};
  }
  return best;
}

double ChangePointScan::PValue(double explained, size_t scanned) const {
  const auto n = static_cast<double>(size());
  const double height = std::sqrt(explained * (n - 1));
  if (height < 2) return 1;
  if (explained >= 1) return 0;
  const double density = std::pow(1 - explained, (n - 4) / 2) / std::sqrt(2 * std::numbers::pi);
  return density * (height * Crossings(height, scanned) + 2 / height);
}

}  // namespace rapidbyte::stats
