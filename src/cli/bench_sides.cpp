#include "cli/bench_sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "analysis/history.h"
#include "base/json.h"
#include "cli/bench_commits.h"
#include "cli/bench_recent.h"
#include "metrics/foreign_table.h"
#include "record/cell_key.h"
#include "record/sample_json.h"
#include "store/json_lines.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;
using analysis::Observation;

constexpr std::string_view kBaselinePrefix = "baseline:";

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Fail(ErrorCode::kConfiguration, "cannot read " + path);
  return std::move(text).str();
}

// Files that a name with such an end can only mean.
bool IsFileName(const std::string& text) {
  constexpr std::string_view kEnds[] = {".csv", ".tsv", ".json", ".jsonl", ".txt"};
  return std::any_of(std::begin(kEnds), std::end(kEnds), [&](std::string_view end) { return text.ends_with(end); });
}

// Our own results, under any name: another tool's JSON is one document, whose first line is no whole one unless it is
// the only line.
bool IsJsonLines(const std::string& text) {
  if (metrics::DetectFormat(text)) return false;
  return ParseJson(std::string_view(text).substr(0, text.find('\n'))).has_value();
}

// A campaign that measured several commits in turns is no side: its values are of both.
Status CheckOneBuild(const std::string& name, const std::vector<record::Sample>& samples) {
  std::map<std::string, std::set<std::string>> builds;
  for (const record::Sample& sample : samples) builds[sample.campaign_id].insert(sample.build);
  for (const auto& [campaign, shas] : builds) {
    if (shas.size() < 2) continue;
    std::string commits;
    for (const std::string& sha : shas) commits += (commits.empty() ? "" : ", ") + record::ShortCommit(sha);
    return Fail(ErrorCode::kUsage, fmt::format("{}: several commits were measured in turns: {}", name, commits),
                "name the commits");
  }
  return {};
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
  RB_TRY(CheckOneBuild(path, side.samples));
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
  if (path.ends_with(".jsonl") || IsJsonLines(text)) {
    RB_ASSIGN(side, SideOfLines(path, warnings));
  } else {
    metrics::ForeignOptions foreign;
    foreign.time_column = options.time_column;
    foreign.metrics = MainMetrics(text, options.metric);
    if (!options.dimensions.empty()) foreign.dimensions = options.dimensions;
    RB_ASSIGN(metrics::ForeignTable table, metrics::ReadForeignTable(text, path, foreign));
    warnings.insert(warnings.end(), table.warnings.begin(), table.warnings.end());
    side.foreign = std::move(table);
  }
  side.column = path;
  side.name = path;
  return side;
}

// Builds of commits come from trees of their own.
bool HasChanges(const record::Campaign& campaign) {
  return campaign.git_dirty && !campaign.settings.contains("builds");
}

// A commit with changes is another program, which stands for the commit only where nothing else does.
void KeepUnchanged(Side& side) {
  std::set<std::string> changed;
  for (const record::Campaign& campaign : side.campaigns) {
    if (HasChanges(campaign)) changed.insert(campaign.id);
  }
  if (changed.size() == side.campaigns.size()) return;
  std::erase_if(side.campaigns, HasChanges);
  side.changed_runs =
      std::erase_if(side.samples, [&](const record::Sample& sample) { return changed.contains(sample.campaign_id); });
}

std::string CommitName(const std::string& sha, const std::vector<record::Campaign>& campaigns) {
  std::string name = record::ShortCommit(sha);
  std::set<std::string> branches;
  bool dirty = false;
  for (const record::Campaign& campaign : campaigns) {
    if (campaign.git_sha != sha) continue;
    branches.insert(campaign.git_branch);
    dirty = dirty || HasChanges(campaign);
  }
  for (const std::string& branch : branches) name += (branch == *branches.begin() ? " (" : ", ") + branch;
  if (!branches.empty()) name += dirty ? ", with changes)" : ")";
  return name;
}

Result<Side> SideOfCampaign(store::SampleStore& store, const record::Campaign& campaign) {
  Side side{
      campaign.id, fmt::format("{} ({})", campaign.id, record::ShortCommit(campaign.git_sha)), {campaign}, {}, {}};
  RB_ASSIGN(side.samples, store.Samples(campaign.id));
  RB_TRY(CheckOneBuild(campaign.id, side.samples));
  return side;
}

Result<Side> SideOfCommit(store::SampleStore& store, const std::string& commit, const SelectionOptions& options) {
  RB_ASSIGN(store::CommitSamples samples, SamplesOfCommit(store, commit, {options.scenario, {}, /*with_runs=*/true}));
  if (!options.campaign.empty()) {
    std::erase_if(samples.campaigns, [&](const record::Campaign& one) { return one.id != options.campaign; });
    std::erase_if(samples.samples, [&](const record::Sample& one) { return one.campaign_id != options.campaign; });
  }
  Side side{samples.git_sha, "", std::move(samples.campaigns), std::move(samples.samples), {}};
  KeepUnchanged(side);
  side.name = CommitName(samples.git_sha, side.campaigns);
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

// Of each cell of one scenario; `commit` and what comes after it are left out.
void AddWindow(std::vector<store::HistoryRow> rows, const record::Campaign& candidate, const std::string& commit,
               size_t runs, Side& side) {
  rows.push_back({candidate.id, candidate.scenario, candidate.started_at, commit, "", false, "", {}, {}});
  const std::map<std::string, size_t> places = PlacesOfTrees(rows);
  const auto place_of = [&](const store::HistoryRow& row) { return places.at(MeasuredTree(row)); };
  const size_t own_place = place_of(rows.back());
  rows.pop_back();
  std::map<record::CellKey, std::vector<const store::HistoryRow*>> cells;
  for (const store::HistoryRow& row : rows) {
    const bool is_earlier = place_of(row) < own_place && row.git_sha != commit;
    if (is_earlier && row.host_hash == candidate.host.Hash()) cells[row.cell].push_back(&row);
  }
  for (auto& [cell, cell_rows] : cells) {
    std::stable_sort(cell_rows.begin(), cell_rows.end(),
                     [&](const auto* a, const auto* b) { return place_of(*a) < place_of(*b); });
    analysis::HistorySeries series;
    for (const store::HistoryRow* row : cell_rows) {
      series.points.push_back({row->started_at, row->git_sha, stats::Summarize(row->values).median, 1});
    }
    FindChanges(series);
    for (size_t i = StableWindowBegin(series, runs); i < cell_rows.size(); ++i) {
      for (size_t block = 0; block < cell_rows[i]->values.size(); ++block) {
        // A commit's part of a campaign is a run: nothing of a window is paired with the candidate.
        Observation observation{cell, cell_rows[i]->campaign_id + " " + cell_rows[i]->git_sha,
                                static_cast<uint32_t>(block), cell_rows[i]->values[block]};
        observation.dimensions.emplace(analysis::kScenarioDimension, candidate.scenario);
        side.window.push_back(std::move(observation));
      }
    }
  }
}

RowOf RowsOfCells(const SelectionOptions& options, const std::vector<KeptValues>& filters) {
  return [&options, &filters](const store::MeasuredCell& measured) -> std::optional<record::CellKey> {
    if (!options.scenario.empty() && measured.scenario != options.scenario) return std::nullopt;
    record::CellKey row = measured.cell;
    row[std::string(analysis::kScenarioDimension)] = measured.scenario;
    if (!Keeps(filters, row)) return std::nullopt;
    // Where parameters are the columns, commits need nothing in common.
    if (options.projection.column != analysis::kCommitDimension) return record::CellKey();
    std::erase_if(row, [&](const auto& entry) { return !analysis::IsRowDimension(options.projection, entry.first); });
    return row;
  };
}

tl::unexpected<Error> NoSampleIn(const std::string& store, const SelectionOptions& options, bool is_empty) {
  if (is_empty) return Fail(ErrorCode::kUsage, "there is no sample in " + store);
  if (options.scenario.empty()) return Fail(ErrorCode::kUsage, "no sample passes --rows and --filter");
  return Fail(ErrorCode::kUsage,
              fmt::format("there is no run of the scenario '{}' in {} that is asked for", options.scenario, store));
}

}  // namespace

Result<Side> SideOf(const std::string& text, const SelectionOptions& options, std::vector<std::string>& warnings) {
  std::error_code ignored;
  if (fs::is_regular_file(text, ignored)) return SideOfFile(text, options, warnings);
  if (IsFileName(text)) return Fail(ErrorCode::kConfiguration, "there is no file " + text);
  auto store = store::SampleStore::OpenExisting(options.store);
  if (!store) return Context(fmt::format("\"{}\" is no file, and of the store", text), store.error());
  if (text.starts_with(kBaselinePrefix)) return SideOfBaseline(*store, text.substr(kBaselinePrefix.size()), options);
  RB_ASSIGN(const auto campaign, store->FindCampaign(text));
  if (campaign) return SideOfCampaign(*store, *campaign);
  auto side = SideOfCommit(*store, text, options);
  if (side) return side;
  return Fail(ErrorCode::kUsage, fmt::format("\"{}\" is no file, campaign or commit of {}: {}", text, store->name(),
                                             side.error().message));
}

Result<std::vector<Side>> SidesOfStore(const SelectionOptions& options, const std::vector<KeptValues>& filters,
                                       std::vector<std::string>& warnings) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  std::vector<std::string> commits = options.commits;
  if (commits.empty()) {
    RB_ASSIGN(const std::vector<store::CommitRow> known, CommitsInOrder(store));
    RB_ASSIGN(RecentCommits recent, NewestComparable(known, options.last, RowsOfCells(options, filters)));
    if (recent.shas.empty()) return NoSampleIn(store.name(), options, known.empty());
    if (!recent.note.empty()) warnings.push_back(recent.note);
    commits = std::move(recent.shas);
  }
  std::vector<Side> sides;
  for (const std::string& commit : commits) {
    RB_ASSIGN(Side side, SideOfCommit(store, commit, options));
    sides.push_back(std::move(side));
  }
  return sides;
}

Result<Side> SideAfter(const Side& baseline, const std::set<record::CellKey>& rows, const SelectionOptions& options,
                       const std::vector<KeptValues>& filters, std::vector<std::string>& warnings) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  RB_ASSIGN(const std::vector<store::CommitRow> known, CommitsInOrder(store));
  RB_ASSIGN(const RecentCommits recent, NewestWith(known, rows, baseline.name, RowsOfCells(options, filters)));
  if (!recent.note.empty()) warnings.push_back(recent.note);
  return SideOfCommit(store, recent.shas.front(), options);
}

Result<Side> WindowBefore(const Side& candidate, size_t runs, const SelectionOptions& options) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  Side side;
  side.column = fmt::format("window:{}", runs);
  std::set<std::string> scenarios;
  for (const record::Campaign& campaign : candidate.campaigns) {
    if (!scenarios.insert(campaign.scenario).second) continue;
    const std::string metric = options.metric.empty() ? analysis::PrimaryRule(campaign).name : options.metric;
    RB_ASSIGN(std::vector<store::HistoryRow> rows, store.History({campaign.scenario, {}, metric}));
    AddWindow(std::move(rows), campaign, candidate.column, runs, side);
  }
  std::set<std::string> held;
  for (const Observation& observation : side.window) held.insert(observation.run);
  side.name = fmt::format("{} {} of earlier commits (window:{})", held.size(), held.size() == 1 ? "run" : "runs", runs);
  if (!held.empty()) return side;
  return Fail(ErrorCode::kUsage, fmt::format("{} has no runs of earlier commits on this machine", store.name()));
}

}  // namespace rapidbyte::cli
