// Two or more columns (commits, files, values of a parameter) compared cell by cell, with one verdict per cell.
//
// A projection says which dimension the columns are, which ones make the rows, and which are ignored; everything else
// follows: values of one run are paired by block, others compare run by run, and Holm's correction covers all cells of
// the table. Pure and deterministic; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analysis/observation.h"
#include "base/result.h"
#include "stats/summary.h"
#include "stats/verdict.h"

namespace rapidbyte::analysis {

// The metric that decides, and from which change on it matters.
struct MetricRule {
  std::string name = "wall";
  std::string unit = "s";  // s, bytes, or whatever the scenario says
  stats::Direction direction = stats::Direction::kLowerIsBetter;
  double threshold = stats::kDefaultThreshold;  // as a ratio: 0.015 is 1.5%
};

struct Projection {
  std::string column{kCommitDimension};
  std::vector<std::string> columns;  // values of it to show; the first is what the others compare to
  std::vector<std::string> rows;     // dimensions; empty: all others
  // Pooled: values pair up only where these agree, and all pairs of a block count as one, their mean.
  std::set<std::string> ignore;
};

// Whether the dimension is one of those that make the rows.
bool IsRowDimension(const Projection& projection, const std::string& name);

// The rule for the cells of a row; scenarios, and the metrics of a foreign file, have their own.
using RuleOf = std::function<MetricRule(const record::CellKey& row)>;

struct ComparedCell {
  record::CellKey row;
  MetricRule rule;
  size_t column = 1;             // of Comparison::columns: the "after"; "before" is the first
  stats::Summary before, after;  // of single values
  size_t runs_before = 0, runs_after = 0;
  size_t unpaired = 0;  // values whose partner is missing: they are in no statistic
  stats::Decision decision;
};

struct Comparison {
  std::string dimension;                                 // of the columns
  std::vector<std::string> columns;                      // at least two
  std::vector<ComparedCell> cells;                       // by column, then by row
  std::vector<record::CellKey> only_before, only_after;  // rows that one side lacks

  std::vector<std::string> Metrics() const;  // of the cells, each once
  // Of the cells of one column.
  stats::GeometricMean Mean(size_t column) const;
  size_t Count(stats::Verdict verdict) const;
};

// How a campaign that looked at its results while it ran was told to stop. Its verdicts come from the same looks again,
// so that whoever reads the samples later comes to the same ones.
struct Stopping {
  uint32_t first_block = 0;  // after the warm-up
  uint32_t blocks = 0;       // complete ones, of those that count
  uint32_t most_blocks = 0;  // planned
  bool ended_by_time = false;
  stats::Criteria criteria = {};  // the campaign's share, where it is one of several
};

// Errors: kConfiguration for a dimension that no observation has (the nearest is named), kUsage for fewer than two
// columns, or where the two sides have no cell in common.
Result<Comparison> Compare(std::span<const Observation> observations, const Projection& projection, const RuleOf& rule,
                           const std::optional<Stopping>& stopping = std::nullopt);
// With one rule for all cells.
Result<Comparison> Compare(std::span<const Observation> observations, const Projection& projection,
                           const MetricRule& rule, const std::optional<Stopping>& stopping = std::nullopt);

// Whether no cell is left undecided.
bool AllDecided(const Comparison& comparison);

}  // namespace rapidbyte::analysis
