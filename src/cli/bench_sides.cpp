#include "cli/bench_sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "lab/fingerprint.h"
#include "metrics/foreign_table.h"
#include "record/sample_json.h"
#include "scenario/axis_values.h"
#include "store/json_lines.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;
using analysis::MetricRule;
using analysis::Observation;

constexpr size_t kShaDigits = 10;
constexpr std::string_view kBaselinePrefix = "baseline:";
constexpr const char* kMetricDimension = "metric";

// One column: samples of ours, or numbers from elsewhere.
struct Side {
  std::string column;
  std::string name;
  std::vector<record::Campaign> campaigns;
  std::vector<record::Sample> samples;
  std::optional<metrics::ForeignTable> foreign;
};

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Fail(ErrorCode::kConfiguration, "cannot read " + path);
  return std::move(text).str();
}

Result<Side> SideOfLines(const std::string& path, std::vector<std::string>& warnings) {
  RB_ASSIGN(const store::JsonLines lines, store::ReadJsonLines(path));
  warnings.insert(warnings.end(), lines.warnings.begin(), lines.warnings.end());
  Side side;
  std::map<std::string, record::Campaign> campaigns;
  for (size_t i = 0; i < lines.lines.size(); ++i) {
    auto line = record::ParseLine(lines.lines[i]);
    if (!line) return Context(fmt::format("{}:{}", path, i + 1), line.error());
    campaigns.emplace(line->campaign.id, line->campaign);
    side.samples.push_back(std::move(line->sample));
  }
  for (auto& [id, campaign] : campaigns) side.campaigns.push_back(std::move(campaign));
  return side;
}

// Metrics of another tool's file that decide where nobody says: its main one, or all columns of a CSV.
std::vector<std::string> MainMetrics(const std::string& text, const std::string& metric) {
  if (!metric.empty()) return {metric};
  switch (metrics::DetectFormat(text).value_or(metrics::ForeignFormat::kCsv)) {
    case metrics::ForeignFormat::kHyperfine:
      return {"wall"};
    case metrics::ForeignFormat::kGoogleBenchmark:
      return {"real_time"};
    case metrics::ForeignFormat::kGoBenchmark:
    case metrics::ForeignFormat::kCsv:
      break;
  }
  return {};
}

Result<Side> SideOfFile(const std::string& path, const SelectionOptions& options, std::vector<std::string>& warnings) {
  RB_ASSIGN(const std::string text, ReadFile(path));
  Side side;
  if (path.ends_with(".jsonl")) {
    RB_ASSIGN(side, SideOfLines(path, warnings));
  } else if (metrics::DetectFormat(text)) {
    metrics::ForeignOptions foreign;
    foreign.metrics = MainMetrics(text, options.metric);
    RB_ASSIGN(metrics::ForeignTable table, metrics::ReadForeignTable(text, path, foreign));
    warnings.insert(warnings.end(), table.warnings.begin(), table.warnings.end());
    side.foreign = std::move(table);
  } else {
    RB_ASSIGN(side, SideOfLines(path, warnings));
  }
  side.column = path;
  side.name = path;
  return side;
}

std::string CommitName(const std::string& sha, const std::vector<record::Campaign>& campaigns) {
  std::string name = sha.substr(0, kShaDigits);
  std::set<std::string> branches;
  bool dirty = false;
  for (const record::Campaign& campaign : campaigns) {
    if (campaign.git_sha != sha) continue;
    branches.insert(campaign.git_branch);
    dirty = dirty || campaign.git_dirty;
  }
  for (const std::string& branch : branches) name += (branch == *branches.begin() ? " (" : ", ") + branch;
  if (!branches.empty()) name += dirty ? ", with changes)" : ")";
  return name;
}

Result<Side> SideOfCampaign(store::SampleStore& store, const record::Campaign& campaign) {
  Side side{
      campaign.id, fmt::format("{} ({})", campaign.id, campaign.git_sha.substr(0, kShaDigits)), {campaign}, {}, {}};
  RB_ASSIGN(side.samples, store.Samples(campaign.id));
  return side;
}

// A commit as the store knows it, or as git does.
Result<Side> SideOfCommit(store::SampleStore& store, const std::string& commit, const SelectionOptions& options) {
  const store::SampleFilter filter{options.scenario, {}, /*with_runs=*/true};
  auto found = store.SamplesOfCommits({commit}, filter);
  if (!found) {
    std::error_code ignored;
    const auto sha = lab::ResolveCommit(fs::current_path(ignored), commit);
    if (!sha) return Fail(found.error());
    RB_ASSIGN(found, store.SamplesOfCommits({*sha}, filter));
  }
  store::CommitSamples& samples = found->front();
  Side side{samples.git_sha, CommitName(samples.git_sha, samples.campaigns), samples.campaigns, {}, {}};
  side.samples = std::move(samples.samples);
  return side;
}

Result<Side> SideOfBaseline(store::SampleStore& store, const std::string& name, const SelectionOptions& options) {
  RB_ASSIGN(const auto baseline, store.FindBaseline(name));
  if (!baseline) return Fail(ErrorCode::kUsage, fmt::format("there is no baseline \"{}\" in {}", name, store.name()));
  if (baseline->campaign_id.empty()) return SideOfCommit(store, baseline->git_sha, options);
  RB_ASSIGN(const auto campaign, store.FindCampaign(baseline->campaign_id));
  if (!campaign) return Fail(ErrorCode::kUsage, fmt::format("the campaign of the baseline \"{}\" is gone", name));
  return SideOfCampaign(store, *campaign);
}

Result<Side> SideOf(const std::string& text, const SelectionOptions& options, std::vector<std::string>& warnings) {
  std::error_code ignored;
  if (fs::is_regular_file(text, ignored)) return SideOfFile(text, options, warnings);
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  if (text.starts_with(kBaselinePrefix)) return SideOfBaseline(store, text.substr(kBaselinePrefix.size()), options);
  RB_ASSIGN(const auto campaign, store.FindCampaign(text));
  if (campaign) return SideOfCampaign(store, *campaign);
  auto side = SideOfCommit(store, text, options);
  if (side) return side;
  return Fail(ErrorCode::kUsage,
              fmt::format("\"{}\" is no file, campaign or commit of {}: {}", text, store.name(), side.error().message));
}

Result<std::vector<Side>> SidesOfStore(const SelectionOptions& options) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  std::vector<std::string> commits = options.commits;
  if (commits.empty()) {
    RB_ASSIGN(const std::vector<store::CommitRow> known, store.Commits());
    for (size_t i = 0; i < std::min(options.last, known.size()); ++i) commits.insert(commits.begin(), known[i].git_sha);
  }
  std::vector<Side> sides;
  for (const std::string& commit : commits) {
    RB_ASSIGN(Side side, SideOfCommit(store, commit, options));
    sides.push_back(std::move(side));
  }
  return sides;
}

const record::Campaign* CampaignOf(const Side& side, const std::string& id) {
  for (const record::Campaign& campaign : side.campaigns) {
    if (campaign.id == id) return &campaign;
  }
  return nullptr;
}

void AddSamples(const Side& side, const SelectionOptions& options, std::vector<Observation>& observations) {
  for (const record::Sample& sample : side.samples) {
    const record::Campaign* campaign = CampaignOf(side, sample.campaign_id);
    if (campaign == nullptr) continue;
    if (!options.scenario.empty() && campaign->scenario != options.scenario) continue;
    const std::string metric = options.metric.empty() ? analysis::PrimaryRule(*campaign).name : options.metric;
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

struct KeptValues {
  std::string parameter;
  std::vector<std::string> values;
};

Result<std::vector<KeptValues>> FiltersOf(const SelectionOptions& options) {
  std::vector<KeptValues> filters;
  for (const std::string& text : options.filters) {
    const auto cut = scenario::CutAtEquals(text);
    if (!cut) return Fail(ErrorCode::kUsage, "--filter " + text + ": expected KEY=value[,value]");
    RB_ASSIGN(std::vector<std::string> values, scenario::ParseValueList(cut->value));
    filters.push_back({cut->key, std::move(values)});
  }
  if (!options.rows.empty()) {
    std::istringstream words(options.rows);
    KeptValues rows{"rows", {}};
    for (std::string word; words >> word;) rows.values.push_back(word);
    filters.push_back(rows);
  }
  return filters;
}

Status KeepMatching(const SelectionOptions& options, std::vector<Observation>& observations) {
  RB_ASSIGN(const std::vector<KeptValues> filters, FiltersOf(options));
  const auto matches = [&](const Observation& observation) {
    return std::all_of(filters.begin(), filters.end(), [&](const KeptValues& filter) {
      const std::string value = record::ParameterOf(observation.dimensions, filter.parameter);
      return std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end();
    });
  };
  const size_t before = observations.size();
  std::erase_if(observations, [&](const Observation& observation) { return !matches(observation); });
  if (before > 0 && observations.empty()) return Fail(ErrorCode::kUsage, "no sample passes --rows and --filter");
  return {};
}

Result<std::vector<Side>> SidesOf(const SelectionOptions& options, std::vector<std::string>& warnings) {
  if (options.sides.empty()) return SidesOfStore(options);
  std::vector<Side> sides;
  for (const std::string& text : options.sides) {
    RB_ASSIGN(Side side, SideOf(text, options, warnings));
    sides.push_back(std::move(side));
  }
  return sides;
}

}  // namespace

Result<Selection> Select(const SelectionOptions& options) {
  Selection selection;
  RB_ASSIGN(const std::vector<Side> sides, SidesOf(options, selection.warnings));
  selection.dimension = kSideDimension;
  for (const Side& side : sides) {
    selection.columns.push_back(side.column);
    selection.names.push_back(side.name);
    if (side.foreign) {
      AddForeign(side, selection.observations);
    } else {
      AddSamples(side, options, selection.observations);
    }
  }
  if (!sides.empty()) {
    const std::vector<std::string> more = WarningsOf(sides);
    selection.warnings.insert(selection.warnings.end(), more.begin(), more.end());
    selection.stopping = StoppingOf(sides);
  }
  selection.rule = [book = RulesOf(sides, options)](const record::CellKey& row) { return book.Of(row); };
  RB_TRY(KeepMatching(options, selection.observations));
  return selection;
}

}  // namespace rapidbyte::cli
