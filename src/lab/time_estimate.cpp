#include "lab/time_estimate.h"

namespace rapidbyte::lab {

void TimeEstimate::Add(size_t cell, double secs) {
  CellTimes& times = cells_[cell];
  if (times.to_come > 0) --times.to_come;
  ++times.done;
  times.total_secs += secs;
}

std::optional<double> TimeEstimate::RemainingSecs() const {
  size_t done = 0;
  double total_secs = 0;
  for (const CellTimes& times : cells_) {
    done += times.done;
    total_secs += times.total_secs;
  }
  if (done == 0) return std::nullopt;
  const double overall_mean = total_secs / static_cast<double>(done);
  double remaining = 0;
  for (const CellTimes& times : cells_) {
    const double mean = times.done > 0 ? times.total_secs / static_cast<double>(times.done) : overall_mean;
    remaining += mean * static_cast<double>(times.to_come);
  }
  return remaining;
}

}  // namespace rapidbyte::lab
