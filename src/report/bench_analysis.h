// What a benchmark's samples say: cells, their statistics, and the ratios between them. The report without its words.
//
// Pure; any thread. The result points into the samples it was made from, which must outlive it. Warm-up blocks and
// failed runs are in no statistic. Ratios are relative to the first cell.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "record/sample.h"
#include "report/bench_metrics.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

namespace rapidbyte::report {

// The runs of one mode (and runtime, where a campaign has both).
struct Cell {
  std::string name;  // "COPY", or "COPY native"
  std::string mode;  // record::ModeOf
  bool aot = true;
  std::map<uint32_t, const record::Sample*> runs;  // by block: the successful ones that count
};

// One metric over all cells; the vectors go with BenchAnalysis::cells.
struct MetricRow {
  Metric metric;
  std::vector<stats::Summary> cells;                      // n = 0 where no run of the cell has it
  std::vector<std::optional<stats::PairedRatio>> ratios;  // cell / first cell; the first entry is empty
};

struct HostFunctionRow {
  std::string side;
  std::string function;
  std::vector<MetricRow> measures;  // count, total, work, wait, stall, max
};

// A run far outside of its cell's others, by process wall: more than three interquartile ranges beyond a quartile.
// It is named, and it stays in the statistics.
struct Outlier {
  size_t cell = 0;  // of BenchAnalysis::cells
  const record::Sample* sample = nullptr;
  double median_secs = 0;
  bool is_first = false;  // the cell's first run: it was not warm yet
};

struct BenchAnalysis {
  std::vector<Cell> cells;
  uint64_t rows = 0;           // of the dataset: what the first cell says
  size_t blocks = 0;           // that count
  uint32_t warmup_blocks = 0;  // that do not
  std::vector<MetricRow> metrics;
  std::vector<HostFunctionRow> host_functions;
  std::vector<const record::Sample*> failures;  // warm-up runs too
  std::vector<Outlier> outliers;

  const MetricRow& Find(std::string_view key) const;  // of TableMetrics
  const MetricRow& Primary() const { return Find(kPrimaryMetric); }
};

// Cells come in the order of the load methods in the campaign's matrix, then as they first appear.
BenchAnalysis Analyze(const record::Campaign& campaign, std::span<const record::Sample> samples);

// "COPY" or, for a campaign that has both, "COPY native".
std::string CellName(const record::Sample& sample, bool name_runtime);

// "CAMPAIGN/BLOCK/POSITION": the sample's place in the store.
std::string SampleId(const record::Sample& sample);

}  // namespace rapidbyte::report
