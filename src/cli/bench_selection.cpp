#include "cli/bench_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/bench_sides.h"
#include "metrics/text.h"

namespace rapidbyte::cli {
namespace {

using analysis::MetricRule;
using analysis::Observation;

const record::Campaign* CampaignOf(const Side& side, const std::string& id) {
  for (const record::Campaign& campaign : side.campaigns) {
    if (campaign.id == id) return &campaign;
  }
  return nullptr;
}

// Of each scenario's primary metric where none is named.
void AddSamples(const Side& side, const SelectionOptions& options, const std::string& named,
                std::vector<Observation>& observations) {
  for (const record::Sample& sample : side.samples) {
    const record::Campaign* campaign = CampaignOf(side, sample.campaign_id);
    if (campaign == nullptr) continue;
    if (!options.scenario.empty() && campaign->scenario != options.scenario) continue;
    const std::string metric = named.empty() ? analysis::PrimaryRule(*campaign).name : named;
    auto observation = analysis::ObservationOf(sample, *campaign, metric);
    if (!observation) continue;
    observation->dimensions.erase(std::string(analysis::kCommitDimension));
    observation->dimensions[kSideDimension] = side.column;
    observations.push_back(*std::move(observation));
  }
}

// Every value is one run, and no two ran together.
void AddForeign(const Side& side, std::vector<Observation>& observations) {
  for (const metrics::ForeignSeries& series : side.foreign->series) {
    for (size_t i = 0; i < series.values.size(); ++i) {
      Observation observation{series.cell, fmt::format("{}#{}", side.column, series.rows[i]), 0, series.values[i]};
      observation.dimensions[kMetricDimension] = series.metric;
      observation.dimensions[kSideDimension] = side.column;
      observations.push_back(std::move(observation));
    }
  }
}

struct RuleBook {
  std::map<std::string, MetricRule> by_scenario;
  std::map<std::string, MetricRule> by_metric;  // of foreign files
  std::optional<double> threshold;

  MetricRule Of(const record::CellKey& row) const {
    MetricRule rule;
    const auto scenario = by_scenario.find(record::ParameterOf(row, std::string(analysis::kScenarioDimension)));
    const auto metric = by_metric.find(record::ParameterOf(row, kMetricDimension));
    if (scenario != by_scenario.end()) rule = scenario->second;
    if (metric != by_metric.end()) rule = metric->second;
    // Rows that leave the dimension out: there is one rule, or one as good as another.
    if (scenario == by_scenario.end() && metric == by_metric.end()) {
      if (!by_scenario.empty()) rule = by_scenario.begin()->second;
      if (!by_metric.empty()) rule = by_metric.begin()->second;
    }
    if (threshold) rule.threshold = *threshold;
    return rule;
  }
};

RuleBook RulesOf(const std::vector<Side>& sides, const SelectionOptions& options) {
  RuleBook book;
  book.threshold = options.threshold;
  for (const Side& side : sides) {
    for (const record::Campaign& campaign : side.campaigns) {
      book.by_scenario[campaign.scenario] =
          options.metric.empty() ? analysis::PrimaryRule(campaign) : analysis::RuleFor(campaign, options.metric);
    }
    if (!side.foreign) continue;
    for (const metrics::ForeignSeries& series : side.foreign->series) {
      MetricRule rule;
      rule.name = series.metric;
      rule.unit = series.unit == "B" ? "bytes" : series.unit;
      rule.direction = series.lower_is_better ? stats::Direction::kLowerIsBetter : stats::Direction::kHigherIsBetter;
      book.by_metric[series.metric] = rule;
    }
  }
  return book;
}

std::vector<std::string> WarningsOf(const std::vector<Side>& sides) {
  std::vector<std::string> warnings;
  std::set<std::string> hosts;
  std::set<std::string> servers;
  for (const Side& side : sides) {
    for (const record::Campaign& campaign : side.campaigns) {
      hosts.insert(campaign.host.hostname + " " + campaign.host.Hash());
      servers.insert(campaign.server);
    }
    if (side.changed_runs > 0) {
      warnings.push_back(
          fmt::format("{}: {} runs of the commit with changes are left out", side.name, side.changed_runs));
    }
    const auto failed = std::count_if(side.samples.begin(), side.samples.end(), [](const record::Sample& sample) {
      return sample.outcome != record::Outcome::kOk;
    });
    if (failed > 0) warnings.push_back(fmt::format("{}: {} failed runs are left out", side.name, failed));
  }
  if (hosts.size() > 1) {
    warnings.push_back("the samples come from different machines: a difference may be theirs, not the program's");
  }
  if (servers.size() > 1) warnings.push_back("the samples come from different servers or server settings");
  return warnings;
}

// The one campaign that everything was measured in tells how it was stopped.
std::optional<analysis::Stopping> StoppingOf(const std::vector<Side>& sides) {
  std::set<std::string> ids;
  std::vector<record::Sample> samples;
  for (const Side& side : sides) {
    for (const record::Campaign& campaign : side.campaigns) ids.insert(campaign.id);
    samples.insert(samples.end(), side.samples.begin(), side.samples.end());
  }
  if (ids.size() != 1 || sides.front().campaigns.empty()) return std::nullopt;
  return analysis::StoppingOf(sides.front().campaigns.front(), samples);
}

void KeepMatching(const std::vector<KeptValues>& filters, std::vector<Observation>& observations) {
  std::erase_if(observations, [&](const Observation& observation) { return !Keeps(filters, observation.dimensions); });
}

// The sides stay in memory for questions about other metrics.
void PrepareExploration(std::vector<Side> sides, const SelectionOptions& options,
                        const std::vector<KeptValues>& filters, Selection& selection) {
  std::vector<record::Campaign> campaigns;
  std::vector<record::Sample> samples;
  for (const Side& side : sides) {
    campaigns.insert(campaigns.end(), side.campaigns.begin(), side.campaigns.end());
    samples.insert(samples.end(), side.samples.begin(), side.samples.end());
  }
  if (!samples.empty()) selection.other_metrics = analysis::ExploratoryMetrics(campaigns, samples);
  selection.filters = filters;
  selection.sides = std::make_shared<const std::vector<Side>>(std::move(sides));
  selection.observations_of = [kept = selection.sides, options, filters](const std::string& metric) {
    std::vector<Observation> observations;
    for (const Side& side : *kept) AddSamples(side, options, metric, observations);
    KeepMatching(filters, observations);
    return observations;
  };
}

// The names of metrics that the side's samples have, those of every sample first.
std::vector<std::string> MetricNames(const Side& side) {
  std::vector<std::string> names(record::BuiltInMetrics().begin(), record::BuiltInMetrics().end());
  std::set<std::string> own;
  for (const record::Sample& sample : side.samples) {
    for (const auto& [name, value] : sample.metrics) own.insert(name);
    if (!sample.run.is_object()) continue;
    for (const auto& item : sample.run.items()) {
      if (item.value().is_number()) own.insert(item.key());
    }
  }
  names.insert(names.end(), own.begin(), own.end());
  return names;
}

// Why a side has no value to compare.
Error NoValueOf(const Side& side, const SelectionOptions& options) {
  size_t counted = 0;
  size_t failed = 0;
  std::string metric = options.metric;
  for (const record::Sample& sample : side.samples) {
    const record::Campaign* campaign = CampaignOf(side, sample.campaign_id);
    if (campaign == nullptr || (!options.scenario.empty() && campaign->scenario != options.scenario)) continue;
    if (metric.empty()) metric = analysis::PrimaryRule(*campaign).name;
    counted += sample.Counts() ? 1 : 0;
    failed += sample.outcome != record::Outcome::kOk ? 1 : 0;
  }
  Error error{ErrorCode::kUsage, side.name + ": ", {}, {}, false, CommitState::kNotCommitted};
  if (counted > 0) {
    error.message += fmt::format("there is no metric '{}'{}", metric, metrics::Suggestion(metric, MetricNames(side)));
  } else if (failed > 0) {
    error.message += failed == 1 ? "its only run failed" : fmt::format("all {} runs failed", failed);
    error.hint = "there is nothing to compare; `rapidbyte bench export` has the outcome of every run";
  } else if (!options.scenario.empty()) {
    error.message += fmt::format("there is no run of the scenario '{}'", options.scenario);
  } else {
    error.message += "there is no run that counts";
  }
  return error;
}

// A side without values can be missing beside others, but not be what they compare to.
Status CheckValues(const std::vector<Side>& sides, const std::vector<Observation>& observations,
                   const SelectionOptions& options) {
  std::set<std::string> there;
  for (const Observation& observation : observations) there.insert(observation.dimensions.at(kSideDimension));
  const bool has_first = !sides.empty() && there.contains(sides.front().column);
  if (has_first && (sides.size() == 1 || there.size() > 1)) return {};
  for (const Side& side : sides) {
    if (!there.contains(side.column)) return Fail(NoValueOf(side, options));
  }
  return {};
}

std::vector<Observation> ObservationsOf(const Side& side, const SelectionOptions& options,
                                        const std::vector<KeptValues>& filters) {
  std::vector<Observation> observations;
  if (side.foreign) AddForeign(side, observations);
  AddSamples(side, options, options.metric, observations);
  KeepMatching(filters, observations);
  return observations;
}

Result<Side> NewestAfter(const Side& baseline, const SelectionOptions& options, const std::vector<KeptValues>& filters,
                         std::vector<std::string>& warnings) {
  std::set<record::CellKey> rows;
  for (Observation& observation : ObservationsOf(baseline, options, filters)) {
    observation.dimensions.erase(kSideDimension);
    rows.insert(std::move(observation.dimensions));
  }
  if (rows.empty()) return Fail(NoValueOf(baseline, options));
  return SideAfter(baseline, rows, options, filters, warnings);
}

Result<std::vector<Side>> SidesOf(const SelectionOptions& options, const std::vector<KeptValues>& filters,
                                  std::vector<std::string>& warnings) {
  if (options.sides.empty()) return SidesOfStore(options, filters, warnings);
  std::vector<Side> sides;
  for (const std::string& text : options.sides) {
    RB_ASSIGN(Side side, SideOf(text, options, warnings));
    sides.push_back(std::move(side));
  }
  if (options.with_newest) {
    RB_ASSIGN(Side newest, NewestAfter(sides.front(), options, filters, warnings));
    sides.push_back(std::move(newest));
  }
  return sides;
}

Result<std::vector<Side>> AllSides(const SelectionOptions& options, const std::vector<KeptValues>& filters,
                                   std::vector<std::string>& warnings) {
  if (!options.window) return SidesOf(options, filters, warnings);
  SelectionOptions candidate = options;
  candidate.last = 1;
  RB_ASSIGN(std::vector<Side> sides, SidesOf(candidate, filters, warnings));
  if (sides.size() != 1) return Fail(ErrorCode::kUsage, "a window stands before one commit or run");
  RB_ASSIGN(Side window, WindowBefore(sides.front(), *options.window, options));
  sides.insert(sides.begin(), std::move(window));
  return sides;
}

}  // namespace

Result<Selection> Select(const SelectionOptions& options) {
  Selection selection;
  selection.store = options.store;
  RB_ASSIGN(const std::vector<KeptValues> filters, ParseFilters(options.filters, options.rows));
  RB_ASSIGN(std::vector<Side> sides, AllSides(options, filters, selection.warnings));
  for (size_t i = 1; i < sides.size(); ++i) {
    if (sides[i].column == sides[0].column) {
      return Fail(ErrorCode::kUsage, "both sides are the same: " + sides[i].name, "name another one");
    }
  }
  selection.dimension = kSideDimension;
  for (const Side& side : sides) {
    selection.columns.push_back(side.column);
    selection.names.push_back(side.name);
    if (side.foreign) AddForeign(side, selection.observations);
    AddSamples(side, options, options.metric, selection.observations);
    for (Observation observation : side.window) {
      observation.dimensions[kSideDimension] = side.column;
      selection.observations.push_back(std::move(observation));
    }
  }
  RB_TRY(CheckValues(sides, selection.observations, options));
  const std::vector<std::string> more = WarningsOf(sides);
  selection.warnings.insert(selection.warnings.end(), more.begin(), more.end());
  selection.stopping = StoppingOf(sides);
  selection.rule = [book = RulesOf(sides, options)](const record::CellKey& row) { return book.Of(row); };
  const size_t before = selection.observations.size();
  KeepMatching(filters, selection.observations);
  if (before > 0 && selection.observations.empty()) {
    return Fail(ErrorCode::kUsage, "no sample passes --rows and --filter");
  }
  PrepareExploration(std::move(sides), options, filters, selection);
  return selection;
}

analysis::Projection ProjectionBySide(const Selection& selection) {
  analysis::Projection projection;
  projection.column = selection.dimension;
  projection.columns = selection.columns;
  return projection;
}

}  // namespace rapidbyte::cli
