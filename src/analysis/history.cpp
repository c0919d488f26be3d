#include "analysis/history.h"

#include <algorithm>

namespace rapidbyte::analysis {

void FindChanges(HistorySeries& series) {
  std::vector<double> values;
  values.reserve(series.points.size());
  for (const HistoryPoint& point : series.points) values.push_back(point.value);
  series.changes = stats::FindChangePoints(values);
}

size_t StableWindowBegin(const HistorySeries& series, size_t points) {
  const size_t size = series.points.size();
  const size_t last_change = series.changes.empty() ? 0 : series.changes.back().index;
  return std::max(last_change, size - std::min(points, size));
}

}  // namespace rapidbyte::analysis
