// The metrics of `bench cmd`: --metric NAME=KIND:ARGUMENT, and the one that decides. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "base/result.h"
#include "lab/output_metrics.h"

namespace rapidbyte::cli {

struct CommandMetrics {
  std::vector<lab::OutputMetric> read;      // out of what a command prints
  std::vector<analysis::MetricRule> rules;  // of those, in the same order
  analysis::MetricRule primary;             // one of them, or a built-in one
};

// KIND is json, regex, bench_line, google_benchmark or go_benchmark. Rates ("ops_per_sec") are better high, the rest is
// better low. Errors: kUsage for what cannot be read or is no metric, with the nearest name; kConfiguration for a
// path or a pattern that can never give a number.
Result<CommandMetrics> ParseCommandMetrics(const std::vector<std::string>& metrics, const std::string& primary);

}  // namespace rapidbyte::cli
