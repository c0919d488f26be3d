// What the samples of `bench cmd` say: each command's numbers, and each one against the one they are compared to.
//
// The reference is what the user named, or else the first of two commands, or else the fastest of more. Where it was
// chosen by what was measured, Holm's correction covers all pairs of commands, not only those that are shown: any of
// them might have come to be compared. Warm-up blocks and failed runs are in no number. Pure; any thread; the result
// points into the samples, which must outlive it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "record/sample.h"
#include "stats/summary.h"
#include "stats/verdict.h"

namespace rapidbyte::report {

// A command as it was planned.
struct CommandName {
  std::string name;            // all differ
  record::CellKey key;         // of its samples
  record::CellKey parameters;  // for the exports
};

struct CommandQuestion {
  std::vector<CommandName> commands;           // the named reference is the first
  bool has_reference = false;                  // the first is to be compared to, whatever is measured
  analysis::MetricRule primary;                // decides
  std::vector<analysis::MetricRule> metrics;   // further ones to show
  std::optional<analysis::Stopping> stopping;  // with --until-decided: the first is compared to
};

struct CommandNumbers {
  CommandName command;
  std::vector<const record::Sample*> runs;  // that count, by block
  stats::Summary primary;
  std::optional<stats::Decision> decision;  // against the reference; nothing for itself, and where there are no runs
  std::vector<const record::Sample*> outliers;
  bool slow_start = false;   // the first run is an outlier to the slow side
  size_t nonzero_exits = 0;  // among the runs

  // n = 0 where no run has the metric.
  stats::Summary Of(const std::string& metric) const;
};

struct CommandAnalysis {
  CommandQuestion question;
  std::vector<CommandNumbers> commands;
  size_t reference = 0;  // index
  size_t blocks = 0;     // that count and have a run of every command
  uint32_t warmup_blocks = 0;

  bool HasRuns() const;  // of any command
};

CommandAnalysis AnalyzeCommands(const CommandQuestion& question, std::span<const record::Sample> samples);

// The indices from the best to the worst by the metric that decides; those without runs at the end.
std::vector<size_t> ByMedian(const CommandAnalysis& analysis);

}  // namespace rapidbyte::report
