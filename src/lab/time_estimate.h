// How long the rest of a campaign will take: the mean of what each cell's runs took so far, with everything around
// them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace rapidbyte::lab {

class TimeEstimate {
 public:
  explicit TimeEstimate(std::vector<size_t> runs_to_come) : cells_(runs_to_come.size()) {
    for (size_t i = 0; i < cells_.size(); ++i) cells_[i].to_come = runs_to_come[i];
  }

  void Add(size_t cell, double secs);           // one run less to come
  std::optional<double> RemainingSecs() const;  // nothing before the first run; a cell without runs counts as the mean

 private:
  struct CellTimes {
    size_t to_come = 0;
    size_t done = 0;
    double total_secs = 0;
  };
  std::vector<CellTimes> cells_;
};

}  // namespace rapidbyte::lab
