#include "analysis/exploration.h"

#include <algorithm>
#include <array>
#include <set>

#include "analysis/campaign_rules.h"

namespace rapidbyte::analysis {
namespace {

// Keys of the runs' documents, in the order in which a run goes through them; docs/formats/bench_line.md has them.
constexpr std::array kPhases = {
    "source_connect_secs",      "source_query_secs", "source_fetch_secs",
    "source_arrow_encode_secs", "dest_connect_secs", "dest_recv_secs",
    "dest_arrow_decode_secs",   "dest_flush_secs",   "dest_commit_secs",
};

bool AnyHas(std::span<const record::Sample> samples, const char* metric) {
  return std::any_of(samples.begin(), samples.end(),
                     [&](const record::Sample& sample) { return record::MetricOf(sample, metric).has_value(); });
}

bool AnyOfSeveralProcesses(std::span<const record::Sample> samples) {
  return std::any_of(samples.begin(), samples.end(), [](const record::Sample& sample) {
    return sample.tree_rss_bytes.value_or(0) > sample.max_rss_bytes;
  });
}

bool IsWorthIt(const ComparedCell& cell, const Comparison& comparison, size_t all_below) {
  return stats::IsChange(cell.decision.verdict) || comparison.cells.size() <= all_below;
}

}  // namespace

std::vector<MetricRule> ExploratoryMetrics(std::span<const record::Campaign> campaigns,
                                           std::span<const record::Sample> samples) {
  std::vector<MetricRule> metrics;
  std::set<std::string> known;
  const auto add = [&](const MetricRule& rule) {
    if (known.insert(rule.name).second) metrics.push_back(rule);
  };
  for (const record::Campaign& campaign : campaigns) known.insert(PrimaryRule(campaign).name);
  for (const char* name : {"wall", "cpu", "max_rss", "tree_rss"}) {
    if (name == std::string_view("tree_rss") && !AnyOfSeveralProcesses(samples)) continue;
    MetricRule rule;
    rule.name = name;
    rule.unit = UnitOfMetric(name);
    add(rule);
  }
  for (const record::Campaign& campaign : campaigns) {
    for (const MetricRule& rule : MetricRules(campaign)) add(rule);
  }
  for (const char* phase : kPhases) {
    if (!AnyHas(samples, phase)) continue;
    MetricRule rule;
    rule.name = phase;
    rule.unit = "s";
    add(rule);
  }
  return metrics;
}

std::vector<ExploredCell> Explore(const Comparison& comparison, const Projection& projection,
                                  std::span<const MetricRule> metrics, const ObservationsOfMetric& observations,
                                  size_t all_below) {
  std::vector<ExploredCell> explored;
  for (const ComparedCell& cell : comparison.cells) {
    if (IsWorthIt(cell, comparison, all_below)) explored.push_back({cell.row, cell.column, {}});
  }
  if (explored.empty()) return explored;
  for (const MetricRule& metric : metrics) {
    const auto compared = Compare(observations(metric.name), projection, metric);
    if (!compared) continue;  // no sample of a side has it
    for (ExploredCell& cell : explored) {
      for (const ComparedCell& other : compared->cells) {
        if (other.row == cell.row && other.column == cell.column) cell.metrics.push_back({metric, other});
      }
    }
  }
  return explored;
}

}  // namespace rapidbyte::analysis
