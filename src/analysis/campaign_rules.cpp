#include "analysis/campaign_rules.h"

#include <algorithm>
#include <map>

#include "analysis/contrast.h"
#include "base/json.h"

namespace rapidbyte::analysis {
namespace {

using nlohmann::json;

MetricRule ReadRule(const json& metric) {
  MetricRule rule;
  rule.name = JsonText(metric, "name");
  rule.unit = JsonText(metric, "unit").empty() ? UnitOfMetric(rule.name) : JsonText(metric, "unit");
  const bool higher = JsonText(metric, "direction") == "higher";
  rule.direction = higher ? stats::Direction::kHigherIsBetter : stats::Direction::kLowerIsBetter;
  if (const auto threshold = JsonNumber(metric, "threshold"); threshold && *threshold > 0) rule.threshold = *threshold;
  return rule;
}

// A campaign that is one of several, all of which must be right, spends a share of each level.
stats::Criteria CriteriaOf(const record::Campaign& campaign) {
  stats::Criteria criteria;
  const double share = JsonNumber(campaign.settings, "level_share").value_or(0);
  if (share <= 0 || share > 1) return criteria;
  criteria.alpha *= share;
  criteria.largest_p *= share;
  criteria.equivalence_alpha *= share;
  return criteria;
}

// Blocks in which every cell ran.
uint32_t CompleteBlocks(const record::Campaign& campaign, std::span<const record::Sample> samples) {
  std::map<uint32_t, size_t> runs;
  size_t most = 0;
  for (const record::Sample& sample : samples) {
    if (sample.block >= campaign.warmup_blocks) most = std::max(most, ++runs[sample.block]);
  }
  return static_cast<uint32_t>(
      std::count_if(runs.begin(), runs.end(), [most](const auto& block) { return block.second == most; }));
}

Projection ProjectionOf(const record::Campaign& campaign, std::span<const record::Sample> samples) {
  const std::vector<std::string> builds = JsonTexts(campaign.settings, "builds");
  if (builds.size() > 1) return {std::string(kCommitDimension), builds, {}, {}};
  std::vector<record::CellKey> cells;
  for (const record::Sample& sample : samples) cells.push_back(sample.cell);
  const std::vector<std::string> parameters = JsonTexts(campaign.settings, "parameters");
  Projection projection = ContrastOf(cells, parameters);
  const std::vector<std::string> values = ValueOrder(campaign, projection.column);
  if (values.size() == projection.columns.size()) projection.columns = values;
  return projection;
}

}  // namespace

std::string UnitOfMetric(const std::string& name) {
  for (const char* time : {"wall", "user", "system", "cpu"}) {
    if (name == time) return "s";
  }
  for (const char* bytes : {"max_rss", "tree_rss", "read_bytes", "written_bytes"}) {
    if (name == bytes) return "bytes";
  }
  return name.ends_with("_secs") ? "s" : "";
}

std::vector<MetricRule> MetricRules(const record::Campaign& campaign) {
  std::vector<MetricRule> rules;
  for (const json& metric : JsonList(campaign.settings, "metrics")) {
    rules.insert(JsonFlag(metric, "primary") ? rules.begin() : rules.end(), ReadRule(metric));
  }
  if (rules.empty()) rules.push_back({});
  return rules;
}

MetricRule PrimaryRule(const record::Campaign& campaign) { return MetricRules(campaign).front(); }

MetricRule RuleFor(const record::Campaign& campaign, const std::string& metric) {
  for (const MetricRule& rule : MetricRules(campaign)) {
    if (rule.name == metric) return rule;
  }
  MetricRule rule;
  rule.name = metric;
  rule.unit = UnitOfMetric(metric);
  return rule;
}

MetricRule StoppingRule(const record::Campaign& campaign) {
  const std::string metric = JsonText(campaign.settings, "stop_metric");
  MetricRule rule = metric.empty() ? PrimaryRule(campaign) : RuleFor(campaign, metric);
  rule.threshold = JsonNumber(campaign.settings, "stop_threshold").value_or(rule.threshold);
  return rule;
}

std::vector<std::string> ValueOrder(const record::Campaign& campaign, const std::string& parameter) {
  return JsonTexts(JsonMember(campaign.settings, "values"), parameter);
}

std::optional<Stopping> StoppingOf(const record::Campaign& campaign, std::span<const record::Sample> samples) {
  if (!JsonMember(campaign.settings, "until_decided").is_object()) return std::nullopt;
  const uint32_t blocks = CompleteBlocks(campaign, samples);
  const bool ended = !campaign.finished_at.empty() && blocks < campaign.blocks;
  return Stopping{campaign.warmup_blocks, blocks, campaign.blocks, ended, CriteriaOf(campaign)};
}

std::vector<Observation> ObservationsOf(const record::Campaign& campaign, std::span<const record::Sample> samples,
                                        const std::string& metric) {
  std::vector<Observation> observations;
  for (const record::Sample& sample : samples) {
    if (auto observation = ObservationOf(sample, campaign, metric)) observations.push_back(*std::move(observation));
  }
  return observations;
}

Result<Comparison> CompareCampaign(const record::Campaign& campaign, std::span<const record::Sample> samples,
                                   const MetricRule& rule) {
  return Compare(ObservationsOf(campaign, samples, rule.name), ProjectionOf(campaign, samples), rule,
                 StoppingOf(campaign, samples));
}

std::vector<ExploredCell> ExploreCampaign(const record::Campaign& campaign, std::span<const record::Sample> samples,
                                          const Comparison& comparison) {
  const std::vector<MetricRule> metrics = ExploratoryMetrics({&campaign, 1}, samples);
  return Explore(comparison, ProjectionOf(campaign, samples), metrics,
                 [&](const std::string& metric) { return ObservationsOf(campaign, samples, metric); });
}

}  // namespace rapidbyte::analysis
