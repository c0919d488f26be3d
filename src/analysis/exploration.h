// Metrics beside the one that decides, for those cells that changed: where a difference may come from.
//
// Nothing is decided by them: their intervals are each at 95%, without a correction, so one in twenty misses. Pure; any
// thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "record/campaign.h"
#include "record/sample.h"

namespace rapidbyte::analysis {

// CPU, memory, the scenario's other metrics, and the phases that the runs' documents have; not the primary one.
std::vector<MetricRule> ExploratoryMetrics(std::span<const record::Campaign> campaigns,
                                           std::span<const record::Sample> samples);

struct ExploredMetric {
  MetricRule rule;
  ComparedCell cell;  // its decision is of no meaning beyond ratio and interval
};

struct ExploredCell {
  record::CellKey row;
  size_t column = 1;
  std::vector<ExploredMetric> metrics;  // those that both sides have
};

// The observations of one metric, with the same dimensions as those of the comparison.
using ObservationsOfMetric = std::function<std::vector<Observation>(const std::string& metric)>;

// The cells of `comparison` that changed, or all where it has at most `all_below`.
std::vector<ExploredCell> Explore(const Comparison& comparison, const Projection& projection,
                                  std::span<const MetricRule> metrics, const ObservationsOfMetric& observations,
                                  size_t all_below = 2);

}  // namespace rapidbyte::analysis
