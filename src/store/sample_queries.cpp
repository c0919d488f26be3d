// What is asked over many campaigns: commits, the samples of some, the history of a metric.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/json.h"
#include "store/name_table.h"
#include "store/sample_reader.h"
#include "store/sample_rows.h"
#include "store/sample_store.h"

namespace rapidbyte::store {
namespace {

constexpr size_t kMostShown = 5;
constexpr std::string_view kCounts = "s.warmup = 0 AND s.outcome = 'ok'";  // the condition of samples_history
constexpr std::string_view kFailed = "s.outcome <> 'ok'";

// What commits and history need of a campaign: without its settings, which are long.
struct CampaignHead {
  std::string id;
  std::string started_at;
  std::string git_sha;
  std::string git_branch;
  bool git_dirty = false;
  std::string host_hash;
  std::string scenario;
};
using Heads = std::map<int64_t, CampaignHead>;  // by number

Result<Heads> ReadHeads(Connection& connection, const std::string& scenario) {
  RB_ASSIGN(const StatementHandle select,
            connection.Prepare(
                fmt::format("SELECT number, id, started_at, git_sha, git_branch, git_dirty, host_hash, scenario"
                            " FROM campaigns{}",
                            scenario.empty() ? "" : " WHERE scenario = $1")));
  if (!scenario.empty()) select->Bind(1, scenario);
  Heads heads;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return heads;
    heads[select->Integer(0)] = {select->Text(1),         select->Text(2), select->Text(3), select->Text(4),
                                 select->Integer(5) != 0, select->Text(6), select->Text(7)};
  }
}

// Where a build stands among those of its campaign, by the campaign's number and the sha.
using BuildPlaces = std::map<std::pair<int64_t, std::string>, size_t>;

// As the campaigns were told; the order of the samples is none, as blocks are shuffled.
Result<BuildPlaces> ReadBuildPlaces(Connection& connection) {
  RB_ASSIGN(const StatementHandle select,
            connection.Prepare("SELECT number, settings FROM campaigns WHERE settings LIKE '%\"builds\":%'"));
  BuildPlaces places;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return places;
    RB_ASSIGN(const nlohmann::json settings, ReadJson(*select, 1));
    for (const std::string& build : JsonTexts(settings, "builds")) {
      places.emplace(std::pair(select->Integer(0), build), places.size());
    }
  }
}

size_t PlaceOf(const BuildPlaces& places, int64_t campaign, const std::string& sha) {
  const auto place = places.find({campaign, sha});
  return place == places.end() ? 0 : place->second;
}

// In SQL, of the alias s; nothing for a metric that has no column.
std::string ColumnOf(const std::string& metric) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> columns = {{
      {"wall", "s.wall_secs"},
      {"user", "s.user_secs"},
      {"system", "s.system_secs"},
      {"cpu", "s.user_secs + s.system_secs"},
      {"max_rss", "s.max_rss_bytes"},
      {"tree_rss", "s.tree_rss_bytes"},
      {"read_bytes", "s.read_bytes"},
      {"written_bytes", "s.written_bytes"},
      {"voluntary_switches", "s.voluntary_switches"},
      {"involuntary_switches", "s.involuntary_switches"},
      {"exit_code", "s.exit_code"},
  }};
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.first == metric; });
  return found == columns.end() ? std::string() : std::string(found->second);
}

// The parts of a history by their numbers; each becomes one HistoryRow.
struct Series {
  int64_t campaign = 0;
  int64_t cell = 0;
  int64_t build = 0;
  std::vector<double> values;
};

// " AND s.campaign IN …" for the scenario that is $1; nothing for all.
std::string ScenarioCondition(const HistoryFilter& filter) {
  return filter.scenario.empty() ? "" : " AND s.campaign IN (SELECT number FROM campaigns WHERE scenario = $1)";
}

// `metric`: its number, or 0 for a built-in one. In the order of samples_history, or of the key of sample_metrics.
std::string SeriesSql(const Connection& connection, const HistoryFilter& filter, int64_t metric,
                      const std::string& cells) {
  const std::string value = metric == 0 ? ColumnOf(filter.metric) : "s.value";
  const std::string from = metric == 0
                               ? fmt::format("samples s WHERE {}", kCounts)
                               : fmt::format("sample_metrics s WHERE s.metric = {} AND s.is_counted = 1", metric);
  const std::string select = fmt::format(
      "SELECT s.campaign, s.cell, s.build, {} AS value FROM {}{}{} ORDER BY s.campaign, s.cell, s.build, s.block",
      value, from, ScenarioCondition(filter), cells);
  return connection.Grouped(select, "campaign, cell, build");
}

Result<std::vector<Series>> ReadSeries(Statement& select) {
  std::vector<Series> all;
  while (true) {
    RB_ASSIGN(const bool row, select.Step());
    if (!row) return all;
    const int64_t campaign = select.Integer(0);
    const int64_t cell = select.Integer(1);
    const int64_t build = select.Integer(2);
    const bool is_new =
        all.empty() || all.back().campaign != campaign || all.back().cell != cell || all.back().build != build;
    if (is_new) all.push_back({campaign, cell, build, {}});
    select.Reals(3, all.back().values);
  }
}

// A key of the runs' documents: no column and no table has it.
Result<std::vector<Series>> ReadSeriesOfRuns(Connection& connection, const HistoryFilter& filter,
                                             const std::string& cells) {
  RB_ASSIGN(const StatementHandle select,
            connection.Prepare(fmt::format(
                "SELECT s.campaign, s.cell, s.build, d.run FROM samples s"
                " JOIN sample_documents d ON d.campaign = s.campaign AND d.block = s.block AND d.position = s.position"
                " WHERE {}{}{} ORDER BY s.campaign, s.cell, s.build, s.block",
                kCounts, ScenarioCondition(filter), cells)));
  if (!filter.scenario.empty()) select->Bind(1, filter.scenario);
  std::map<std::array<int64_t, 3>, Series> all;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) break;
    record::Sample sample;
    RB_ASSIGN(sample.run, ReadJson(*select, 3));
    const auto value = record::MetricOf(sample, filter.metric);
    if (!value) continue;
    const int64_t build = select->Integer(2);
    Series& series = all[{select->Integer(0), select->Integer(1), build}];
    series.campaign = select->Integer(0);
    series.cell = select->Integer(1);
    series.build = build;
    series.values.push_back(*value);
  }
  std::vector<Series> list;
  for (auto& [key, series] : all) list.push_back(std::move(series));
  return list;
}

Result<std::vector<Series>> ReadHistory(Connection& connection, const HistoryFilter& filter, const std::string& cells) {
  int64_t metric = 0;
  if (ColumnOf(filter.metric).empty()) {
    RB_ASSIGN(metric, NameTable(connection, "metrics", "name").Find(filter.metric));
    if (metric == 0) return ReadSeriesOfRuns(connection, filter, cells);
  }
  RB_ASSIGN(const StatementHandle select, connection.Prepare(SeriesSql(connection, filter, metric, cells)));
  if (!filter.scenario.empty()) select->Bind(1, filter.scenario);
  return ReadSeries(*select);
}

// How many samples a campaign has of one cell and build, which are numbers of their tables.
struct CellCount {
  int64_t campaign = 0;
  int64_t cell = 0;
  int64_t build = 0;
  size_t samples = 0;
};

Result<std::vector<CellCount>> CountSamples(Connection& connection, std::string_view condition) {
  RB_ASSIGN(const StatementHandle select,
            connection.Prepare(fmt::format("SELECT s.campaign, s.cell, s.build, count(*) FROM samples s WHERE {}"
                                           " GROUP BY s.campaign, s.cell, s.build",
                                           condition)));
  std::vector<CellCount> counts;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return counts;
    counts.push_back(
        {select->Integer(0), select->Integer(1), select->Integer(2), static_cast<size_t>(select->Integer(3))});
  }
}

// A commit while its campaigns are being gathered.
struct DatedCommit {
  using When = std::tuple<std::string, std::string, size_t>;  // of a campaign, and the build's place in it

  void Met(const CampaignHead& head, size_t place) {
    campaigns.insert(head.id);
    const When when{head.started_at, head.id, place};
    if (when < newest) return;
    newest = when;
    row.measured_at = head.started_at;
    row.git_branch = head.git_branch;
  }

  When newest;
  std::set<std::string> campaigns;
  CommitRow row;
};

std::string Listed(const std::vector<std::string>& shas) {
  std::string text;
  for (size_t i = 0; i < std::min(shas.size(), kMostShown); ++i) text += (i == 0 ? "" : ", ") + shas[i];
  return shas.size() > kMostShown ? text + ", …" : text;
}

// The whole sha that `commit` is the only beginning of.
Result<std::string> ResolveCommit(Connection& connection, const std::string& commit) {
  std::set<std::string> found;
  for (const char* table : {"campaigns", "builds"}) {
    RB_ASSIGN(
        const StatementHandle select,
        connection.Prepare(fmt::format("SELECT DISTINCT git_sha FROM {} WHERE git_sha >= $1 AND git_sha < $2", table)));
    select->Bind(1, commit).Bind(2, commit + '\x7f');
    while (true) {
      RB_ASSIGN(const bool row, select->Step());
      if (!row) break;
      found.insert(select->Text(0));
    }
  }
  if (found.contains(commit)) return commit;
  if (found.size() == 1 && !commit.empty()) return *found.begin();
  const std::vector<std::string> shas(found.begin(), found.end());
  if (found.empty()) return std::string();
  return Fail(ErrorCode::kUsage, fmt::format("{}: several commits begin with \"{}\"", connection.name(), commit),
              "one of " + Listed(shas));
}

}  // namespace

Result<std::vector<CommitRow>> SampleStore::Commits() {
  RB_ASSIGN(const Heads heads, ReadHeads(*connection_, ""));
  RB_ASSIGN(const auto builds, NameTable(*connection_, "builds", "git_sha").All());
  RB_ASSIGN(const auto cells, SampleReader(*connection_).Cells({}));
  RB_ASSIGN(const BuildPlaces places, ReadBuildPlaces(*connection_));
  std::map<std::string, DatedCommit> commits;
  for (const std::string_view condition : {kCounts, kFailed}) {
    RB_ASSIGN(const std::vector<CellCount> counts, CountSamples(*connection_, condition));
    for (const CellCount& count : counts) {
      const auto head = heads.find(count.campaign);
      const auto cell = cells.find(count.cell);
      if (head == heads.end() || cell == cells.end()) continue;  // begun in between
      const auto build = builds.find(count.build);
      const std::string& sha = build == builds.end() ? head->second.git_sha : build->second;
      DatedCommit& commit = commits[sha];
      commit.row.git_sha = sha;
      commit.Met(head->second, PlaceOf(places, count.campaign, sha));
      auto& its_cells = condition == kCounts ? commit.row.cells : commit.row.failed_in;
      its_cells.insert({head->second.scenario, cell->second});
      if (condition == kCounts) commit.row.samples += count.samples;
    }
  }
  std::vector<DatedCommit> list;
  for (auto& [sha, commit] : commits) list.push_back(std::move(commit));
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.newest > b.newest; });
  std::vector<CommitRow> rows;
  for (DatedCommit& commit : list) {
    commit.row.campaigns = commit.campaigns.size();
    rows.push_back(std::move(commit.row));
  }
  return rows;
}

Result<CommitSamples> SampleStore::SamplesOfCommit(const std::string& git_sha, const SampleFilter& filter) {
  SampleReader reader(*connection_);
  CommitSamples result{git_sha, {}, {}};
  for (const char* own :
       {"s.build = 0 AND c.git_sha = $1", "s.build <> 0 AND s.build = (SELECT id FROM builds WHERE git_sha = $1)"}) {
    SampleCondition condition{own, {git_sha}};
    if (!filter.scenario.empty()) {
      condition.sql += " AND c.scenario = $2";
      condition.texts.push_back(filter.scenario);
    }
    RB_ASSIGN(std::vector<record::Sample> samples, reader.Read(condition, filter.cell, filter.with_runs));
    std::move(samples.begin(), samples.end(), std::back_inserter(result.samples));
  }
  std::set<std::string> ids;
  for (const record::Sample& sample : result.samples) ids.insert(sample.campaign_id);
  for (const std::string& id : ids) {
    RB_ASSIGN(auto campaign, FindCampaign(id));
    if (campaign) result.campaigns.push_back(*std::move(campaign));
  }
  const auto by_time = [](const auto& a, const auto& b) { return a.started_at < b.started_at; };
  std::stable_sort(result.campaigns.begin(), result.campaigns.end(), by_time);
  return result;
}

Result<std::vector<CommitSamples>> SampleStore::SamplesOfCommits(const std::vector<std::string>& commits,
                                                                 const SampleFilter& filter) {
  std::vector<CommitSamples> all;
  for (const std::string& commit : commits) {
    RB_ASSIGN(const std::string git_sha, ResolveCommit(*connection_, commit));
    if (git_sha.empty()) {
      RB_ASSIGN(const auto known, Commits());
      std::vector<std::string> shas;
      for (const CommitRow& row : known) shas.push_back(row.git_sha.substr(0, 12));
      return Fail(ErrorCode::kUsage, fmt::format("{}: no samples of commit \"{}\"", name(), commit),
                  shas.empty() ? "the store is empty: rapidbyte bench run" : "last measured: " + Listed(shas));
    }
    RB_ASSIGN(CommitSamples samples, SamplesOfCommit(git_sha, filter));
    all.push_back(std::move(samples));
  }
  return all;
}

Result<std::vector<HistoryRow>> SampleStore::History(const HistoryFilter& filter) {
  RB_ASSIGN(const Heads heads, ReadHeads(*connection_, filter.scenario));
  RB_ASSIGN(const auto cells, SampleReader(*connection_).Cells(filter.cell));
  RB_ASSIGN(const auto builds, NameTable(*connection_, "builds", "git_sha").All());
  RB_ASSIGN(std::vector<Series> all, ReadHistory(*connection_, filter, CellCondition(cells, filter.cell)));
  std::erase_if(all, [&](const Series& series) {
    return series.values.empty() || !heads.contains(series.campaign) || !cells.contains(series.cell);
  });
  RB_ASSIGN(const BuildPlaces places, ReadBuildPlaces(*connection_));
  const auto place_of = [&](const Series& series) {
    const auto build = builds.find(series.build);
    return std::pair(build == builds.end() ? 0 : PlaceOf(places, series.campaign, build->second), series.build);
  };
  const auto order = [&](const Series& series) {
    const CampaignHead& head = heads.at(series.campaign);
    return std::tie(head.started_at, head.id, cells.at(series.cell));
  };
  std::sort(all.begin(), all.end(), [&](const Series& a, const Series& b) {
    return a.campaign == b.campaign && a.cell == b.cell ? place_of(a) < place_of(b) : order(a) < order(b);
  });
  std::vector<HistoryRow> rows;
  rows.reserve(all.size());
  for (Series& series : all) {
    const CampaignHead& head = heads.at(series.campaign);
    const auto build = builds.find(series.build);
    const bool is_build = build != builds.end();
    rows.push_back({head.id, head.scenario, head.started_at, is_build ? build->second : head.git_sha, head.git_branch,
                    head.git_dirty && !is_build, head.host_hash, cells.at(series.cell), std::move(series.values)});
  }
  return rows;
}

}  // namespace rapidbyte::store
