// What a command line wants compared: commits of the store, campaigns, files, baselines; read into observations.
//
// Nothing here measures. Each side becomes one column.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/campaign_rules.h"
#include "analysis/comparison.h"
#include "analysis/exploration.h"
#include "base/result.h"
#include "cli/bench_filters.h"

namespace rapidbyte::cli {

struct SelectionOptions {
  std::vector<std::string> sides;    // files, baseline:NAME, campaign ids, commits; empty: by the store's commits
  std::vector<std::string> commits;  // --sha
  size_t last = 2;                   // commits of the store, where nothing is named (bench_recent.h)
  bool with_newest = false;          // after the one side that is named: the newest commit that compares with it
  analysis::Projection projection;   // what the rows will be, for whether commits that nobody named have one in common
  // Before the one side that is named (or the last commit): so many runs of earlier commits, as one column. None from
  // before the last change point, so that a past step does not widen the baseline.
  std::optional<size_t> window;
  std::string campaign;              // of commits, the samples of this one only; empty: all
  std::string scenario;              // empty: all
  std::string rows;                  // empty: all
  std::vector<std::string> filters;  // "key=a,b"
  std::string metric;                // empty: each scenario's primary one
  // Columns of a CSV that tell its rows apart, also where they hold numbers; empty: those that are not of numbers only.
  std::vector<std::string> dimensions;
  std::string time_column;          // of a CSV: neither a metric nor a cell
  std::optional<double> threshold;  // instead of the scenarios'
  std::string store = "target/bench_results/results.db";
};

struct Side;  // bench_sides.h

struct Selection {
  std::vector<analysis::Observation> observations;
  std::string dimension;              // of the columns
  std::vector<std::string> columns;   // the oldest first, or in the order of the command line
  std::vector<std::string> names;     // of the columns, for people
  std::vector<std::string> warnings;  // other hosts or servers, changed trees, failed runs
  std::string store;                  // that campaigns are looked up in
  analysis::RuleOf rule;
  std::optional<analysis::Stopping> stopping;  // of the one campaign that all come from
  // What else the samples know, for analysis::Explore; filtered as `observations` are.
  std::vector<analysis::MetricRule> other_metrics;
  analysis::ObservationsOfMetric observations_of;
  // Whole samples, for who asks about single cells; shared with observations_of.
  std::shared_ptr<const std::vector<Side>> sides;
  std::vector<KeptValues> filters;
};

// Errors: kConfiguration for a store or a file that is missing or broken (naming line or key), kUsage for a side that
// is nothing of all that, for one without a value of the metric where nothing could be compared, and for samples that
// --rows or --filter leave none of.
Result<Selection> Select(const SelectionOptions& options);

// Every cell a row, every side a column.
analysis::Projection ProjectionBySide(const Selection& selection);

}  // namespace rapidbyte::cli
