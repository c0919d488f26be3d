// A metric over time, in one cell on one machine, and where its level changed.
//
// Pure and deterministic; any thread.
#pragma once

#include <string>
#include <vector>

#include "record/cell_key.h"
#include "stats/change_points.h"

namespace rapidbyte::analysis {

struct HistoryPoint {
  std::string time;    // as it was given, of the first measurement
  std::string commit;  // may be empty
  double value = 0;    // finite; of several values the median, of several runs the median of theirs
  size_t n = 1;        // values behind it
};

struct HistorySeries {
  std::string metric;
  std::string unit;
  record::CellKey cell;                     // what tells it from the other series of the metric
  std::vector<HistoryPoint> points;         // in the order of time, or of the commits' history
  std::vector<stats::ChangePoint> changes;  // by index into points
};

// Fills in the changes.
void FindChanges(HistorySeries& series);

// The last `points` points at most, but none from before the last change: a baseline that a past step does not widen.
// Indices into series.points: [begin, end of points).
size_t StableWindowBegin(const HistorySeries& series, size_t points);

}  // namespace rapidbyte::analysis
