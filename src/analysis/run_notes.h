// What a person should know of how a run went, besides its verdicts: a slow start, wild runs, a machine that drifted,
// failures. No note changes a statistic.
//
// All but the failures is of the metric that decides, and where all its values are positive. What cells have in common
// is seen through block residuals: the median, over the cells, of a run's logarithm less its cell's median. They are
// one number per block, so that the cells of a block, which share their moment, do not count as independent. Pure; any
// thread. Points into the samples, which must outlive it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "record/campaign.h"
#include "record/sample.h"

namespace rapidbyte::analysis {

// By stats::FarOutFences within its cell.
struct OutlierRun {
  const record::Sample* sample = nullptr;
  double value = 0;
  double median = 0;
  bool is_first = false;  // of those of its cell that count
};

struct RunTrend {
  double ratio = 1;  // from the first to the last block
  double p_value = 1;
  size_t blocks = 0;
};

struct FailingCell {
  record::CellKey cell;
  size_t failed = 0;
  size_t runs = 0;  // that should count
};

struct RunNotes {
  MetricRule rule;
  std::optional<double>
      slow_start;                 // the first block against the others, as a ratio, where it is far out on the bad side
  std::optional<RunTrend> trend;  // where it is significant at 1%
  std::vector<OutlierRun> outliers;
  std::vector<FailingCell> failing;  // two or more, and a fifth or more, of the cell's runs failed
};

RunNotes NotesOfRun(std::span<const record::Sample> samples, const MetricRule& rule);

}  // namespace rapidbyte::analysis
