#include "stats/series_scores.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numeric>

namespace rapidbyte::stats {
namespace {

constexpr double kLargestScore = 2.3;

// The scores of n untied values in rising order.
std::vector<double> OrderedScores(size_t n) {
  std::vector<double> scores(n);
  double squares = 0;
  for (size_t i = 0; i < n / 2; ++i) {
    const double tail = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    const double score = std::min(kLargestScore, std::sqrt(2.0) * boost::math::erfc_inv(2 * tail));
    scores[i] = -score;
    scores[n - 1 - i] = score;
    squares += 2 * score * score;
  }
  const double scale = squares > 0 ? std::sqrt(static_cast<double>(n) / squares) : 0;
  for (double& score : scores) score *= scale;
  return scores;
}

}  // namespace

std::vector<double> NormalScores(std::span<const double> values) {
  std::vector<std::pair<double, size_t>> sorted(values.size());
  for (size_t i = 0; i < values.size(); ++i) sorted[i] = {values[i], i};
  std::sort(sorted.begin(), sorted.end());

  const std::vector<double> ordered = OrderedScores(values.size());
  std::vector<double> scores(values.size());
  for (size_t first = 0; first < sorted.size();) {
    size_t end = first;
    double sum = 0;
    for (; end < sorted.size() && sorted[end].first == sorted[first].first; ++end) sum += ordered[end];
    if (end - first == sorted.size()) return scores;  // exactly 0, which their sum may miss by rounding
    for (size_t i = first; i < end; ++i) scores[sorted[i].second] = sum / static_cast<double>(end - first);
    first = end;
  }
  return scores;
}

double NeighbourCorrelation(std::span<const double> values, std::span<const size_t> changes) {
  double products = 0;
  double squares = 0;
  double bias = 0;
  size_t begin = 0;
  for (size_t segment = 0; segment <= changes.size(); ++segment) {
    const size_t end = segment < changes.size() ? changes[segment] : values.size();
    const std::vector<double> scores = NormalScores(values.subspan(begin, end - begin));
    const double own_squares = std::inner_product(scores.begin(), scores.end(), scores.begin(), 0.0);
    products += std::inner_product(scores.begin(), scores.end() - 1, scores.begin() + 1, 0.0);
    squares += own_squares;
    bias += own_squares / static_cast<double>(scores.size());
    begin = end;
  }
  if (squares == 0) return 0;
  const double independent = (products + bias) / squares;
  return independent + 4 * std::max(0.0, independent) * bias / squares;
}

}  // namespace rapidbyte::stats
