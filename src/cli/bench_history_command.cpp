#include "cli/bench_history_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "analysis/campaign_rules.h"
#include "analysis/history.h"
#include "base/printable.h"
#include "cli/bench_commits.h"
#include "cli/bench_filters.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "metrics/foreign_table.h"
#include "report/history_report.h"
#include "stats/summary.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {
namespace {

using analysis::HistoryPoint;
using analysis::HistorySeries;

// Between runs more varies than within one: each is one value of the commit, however many blocks it had.
HistoryPoint PointOf(const std::vector<const store::HistoryRow*>& runs) {
  std::vector<double> medians;
  HistoryPoint point{runs.front()->started_at, runs.front()->git_sha, 0, 0};
  for (const store::HistoryRow* run : runs) {
    medians.push_back(stats::Summarize(run->values).median);
    point.n += run->values.size();
  }
  point.value = stats::Summarize(std::move(medians)).median;
  return point;
}

bool IsOfOneScenario(const std::vector<store::HistoryRow>& rows) {
  return std::all_of(rows.begin(), rows.end(), [&](const auto& row) { return row.scenario == rows.front().scenario; });
}

// One series for each metric, scenario, cell and machine; a point is a commit, or a run of a changed tree.
Result<std::vector<HistorySeries>> FromStore(const BenchHistoryOptions& options) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  RB_ASSIGN(const std::vector<KeptValues> kept, ParseFilters(options.filters, options.rows));
  const std::vector<std::string> metrics = options.metrics.empty() ? std::vector<std::string>{"wall"} : options.metrics;
  std::vector<HistorySeries> all;
  for (const std::string& metric : metrics) {
    RB_ASSIGN(const std::vector<store::HistoryRow> rows, store.History({options.scenario, {}, metric}));
    const std::map<std::string, size_t> places = PlacesOfTrees(rows);
    const bool one_scenario = IsOfOneScenario(rows);
    using Runs = std::vector<const store::HistoryRow*>;
    std::map<std::pair<record::CellKey, std::string>, std::map<size_t, Runs>> series;  // cell, machine; place
    for (const store::HistoryRow& row : rows) {
      if (!Keeps(kept, row.cell)) continue;
      record::CellKey cell = row.cell;
      if (!one_scenario) cell.emplace(analysis::kScenarioDimension, row.scenario);
      series[{cell, row.host_hash}][places.at(MeasuredTree(row))].push_back(&row);
    }
    for (const auto& [key, trees] : series) {
      HistorySeries one{metric, analysis::UnitOfMetric(metric), key.first, {}, {}};
      for (const auto& [place, runs] : trees) one.points.push_back(PointOf(runs));
      all.push_back(std::move(one));
    }
  }
  if (all.empty()) {
    return Fail(ErrorCode::kUsage, "no sample in " + store.name() + " fits",
                "--scenario, --rows, --filter and --metric choose them");
  }
  return all;
}

// What to say where no series has a second point, because a column with another value in every row made the cells.
std::string CellsHint(const metrics::ForeignTable& table) {
  const bool any_long = std::any_of(table.series.begin(), table.series.end(),
                                    [](const metrics::ForeignSeries& series) { return series.values.size() > 1; });
  if (any_long || table.rows.size() < 2 || table.format != metrics::ForeignFormat::kCsv) return {};
  std::map<std::string, std::set<std::string>> values;
  for (const metrics::ForeignSeries& series : table.series) {
    for (const auto& [column, value] : series.cell) values[column].insert(value);
  }
  for (const auto& [column, all] : values) {
    if (all.size() == table.rows.size()) {
      return fmt::format("every row has its own {}, and is a series by itself; --time {} makes it their order", column,
                         column);
    }
  }
  return "every row is a series by itself; --time COLUMN names the column that orders them";
}

Result<std::vector<HistorySeries>> FromFile(const BenchHistoryOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Fail(ErrorCode::kConfiguration, "cannot read " + options.file);
  metrics::ForeignOptions foreign;
  foreign.time_column = options.time_column;
  foreign.metrics = options.metrics;
  RB_ASSIGN(const std::vector<KeptValues> kept, ParseFilters(options.filters, options.rows));
  // A history is one series a metric, unless the file is of a tool that names its benchmarks.
  if (!options.time_column.empty()) {
    foreign.dimensions.emplace();
    for (const KeptValues& filter : kept) foreign.dimensions->push_back(filter.parameter);
  }
  RB_ASSIGN(const metrics::ForeignTable table, metrics::ReadForeignTable(text.str(), options.file, foreign));
  for (const std::string& warning : table.warnings) PrintWarning(warning);
  if (const std::string hint = CellsHint(table); !hint.empty()) std::cerr << "hint: " << Printable(hint) << '\n';
  const std::vector<size_t> order = metrics::OrderByTime(table.rows);
  std::vector<size_t> place(order.size());
  for (size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<HistorySeries> all;
  for (const metrics::ForeignSeries& series : table.series) {
    if (!Keeps(kept, series.cell)) continue;
    HistorySeries one;
    one.metric = series.metric;
    one.unit = series.unit == "B" ? "bytes" : series.unit;
    one.cell = series.cell;
    std::vector<std::pair<size_t, HistoryPoint>> points;
    for (size_t i = 0; i < series.values.size(); ++i) {
      const metrics::ForeignRow& row = table.rows[series.rows[i]];
      points.emplace_back(place[series.rows[i]], HistoryPoint{row.time, row.commit, series.values[i], 1});
    }
    std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [at, point] : points) one.points.push_back(std::move(point));
    all.push_back(std::move(one));
  }
  if (all.empty() && !kept.empty()) return Fail(ErrorCode::kUsage, "no row of " + options.file + " passes --filter");
  return all;
}

}  // namespace

Command AddBenchHistory(Command bench, BenchHistoryOptions& options) {
  return bench.AddCommand(
      "history", "Show a metric over the commits, and where it changed", [&options](Command history) {
        history.Add("FILE", options.file, "CSV, Google Benchmark, Go or hyperfine output; none: the store");
        history.Add("--time", options.time_column, "the column that orders the rows of a CSV");
        history.Add("--metric", options.metrics, "what is shown; may repeat (wall, or all of a file)");
        history.Add("--scenario", options.scenario, "samples of this scenario only");
        history.Add("--rows", options.rows, "samples with so many rows only: \"1000 10000\"");
        history.Add("--filter", options.filters, "KEY=a,b: samples with these values only");
        history.AddFlag("--points", options.points, "print every point");
        history.AddFlag("--json", options.json, "print an array with one object a series");
        history.Add("--store", options.store, "a file, or postgresql://…").ShowDefault();
      });
}

int RunBenchHistory(const BenchHistoryOptions& options) {
  auto series = options.file.empty() ? FromStore(options) : FromFile(options);
  if (!series) return PrintError(series.error());
  for (HistorySeries& one : *series) analysis::FindChanges(one);
  PrintText(options.json ? report::HistoryJson(*series) : report::HistoryText(*series, options.points));
  return 0;
}

}  // namespace rapidbyte::cli
