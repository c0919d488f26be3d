#include "cli/bench_compare_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/json.h"
#include "base/printable.h"
#include "cli/bench_causes.h"
#include "cli/bench_progress.h"
#include "cli/bench_sides.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "lab/interrupt.h"
#include "report/comparison_report.h"
#include "report/exploration_text.h"
#include "scenario/axis_values.h"

namespace rapidbyte::cli {
namespace {

// So few cells have their other metrics shown although they did not change.
constexpr size_t kExploredWithoutChange = 1;

void AddNew(const std::string& value, std::vector<std::string>& values) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

// Those that were measured, in the order of the campaigns' matrices; what these do not say, as it first appears.
std::vector<std::string> ValuesOf(const Selection& selection, const std::string& name) {
  std::vector<std::string> measured;
  for (const analysis::Observation& observation : selection.observations) {
    const auto value = observation.dimensions.find(name);
    if (value != observation.dimensions.end()) AddNew(value->second, measured);
  }
  std::vector<std::string> values;
  for (const Side& side : *selection.sides) {
    for (const record::Campaign& campaign : side.campaigns) {
      for (const std::string& value : analysis::ValueOrder(campaign, name)) AddNew(value, values);
    }
  }
  std::erase_if(values, [&](const std::string& value) {
    return std::find(measured.begin(), measured.end(), value) == measured.end();
  });
  for (const std::string& value : measured) AddNew(value, values);
  return values;
}

bool IsBySide(const BenchCompareOptions& options) {
  return options.column.empty() || options.column == analysis::kCommitDimension;
}

analysis::Projection ProjectionOf(const BenchCompareOptions& options, const Selection& selection) {
  analysis::Projection projection;
  projection.rows = options.rows;
  projection.ignore = {options.ignored.begin(), options.ignored.end()};
  projection.column = IsBySide(options) ? selection.dimension : options.column;
  projection.columns = IsBySide(options) ? selection.columns : ValuesOf(selection, options.column);
  // A campaign's cells against each other: several commits are then rows.
  if (!IsBySide(options) && selection.columns.size() == 1) projection.ignore.insert(selection.dimension);
  return projection;
}

std::string Rendered(const analysis::Comparison& comparison, const report::ComparisonNotes& notes,
                     const std::string& format) {
  if (format == "markdown") return report::ComparisonMarkdown(comparison, notes);
  if (format == "json") return report::ComparisonJson(comparison, notes);
  if (format == "csv") return report::ComparisonCsv(comparison, notes);
  return report::ComparisonText(comparison, notes);
}

Status Compare(const BenchCompareOptions& options) {
  SelectionOptions selected = options.selection;
  if (options.measure) RB_TRY(MeasureSides(options.measuring, selected));
  // Without sides there are two; parameters of one commit need no second.
  if (!options.column.empty() && !options.last_was_given) selected.last = 1;
  if (!IsBySide(options)) selected.projection.column = options.column;
  selected.projection.rows = options.rows;
  selected.projection.ignore = {options.ignored.begin(), options.ignored.end()};
  selected.dimensions = options.rows;
  if (!options.column.empty() && !options.rows.empty()) selected.dimensions.push_back(options.column);
  RB_ASSIGN(const Selection selection, Select(selected));
  const analysis::Projection projection = ProjectionOf(options, selection);
  if (projection.column != selection.dimension && projection.columns.size() == 1) {
    return Fail(ErrorCode::kUsage,
                fmt::format("--col {}: it has one value only, {}", projection.column, projection.columns.front()));
  }
  RB_ASSIGN(const analysis::Comparison comparison,
            analysis::Compare(selection.observations, projection, selection.rule, selection.stopping));
  report::ComparisonNotes notes{{}, selection.warnings, options.why, {}};
  if (options.format != "csv") notes.causes = CausesOfRegressions(selection, projection, comparison);
  const bool by_side = projection.column == selection.dimension;
  for (const std::string& column : projection.columns) notes.column_names.push_back(projection.column + " " + column);
  if (by_side) notes.column_names = selection.names;
  PrintText(Rendered(comparison, notes, options.format));
  if (options.format != "text") return {};
  const size_t all_below = options.explore ? comparison.cells.size() : kExploredWithoutChange;
  const auto explored =
      analysis::Explore(comparison, projection, selection.other_metrics, selection.observations_of, all_below);
  if (const std::string text = report::ExplorationText(explored); !text.empty()) PrintText("\n" + text);
  return {};
}

}  // namespace

Status MeasureSides(const MeasureOptions& options, SelectionOptions& selected) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  RB_ASSIGN(auto store, OpenStoreForMeasuring(selected.store));
  BenchProgress progress(std::cerr, isatty(STDERR_FILENO) == 1);
  MeasureOptions measuring = options;
  measuring.scenario = selected.scenario;
  measuring.overrides.filters = selected.filters;
  if (!selected.rows.empty()) measuring.overrides.rows = selected.rows;
  std::vector<std::string> refs = selected.sides;
  refs.insert(refs.end(), selected.commits.begin(), selected.commits.end());
  RB_ASSIGN(const CampaignResult result, MeasureCommits(refs, measuring, store, interrupt, progress));
  if (result.outcome.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted; what had ended was kept");
  for (const auto& error : {result.outcome.error, result.outcome.cleanup}) {
    if (error) PrintWarning(error->message);
  }
  for (const CellProfile& profile : result.profiles) std::cerr << Printable(profile.picture.string()) << '\n';
  selected.sides.clear();
  selected.commits = JsonTexts(result.campaign.settings, "builds");
  selected.campaign = result.campaign.id;
  selected.scenario.clear();
  selected.rows.clear();
  selected.filters.clear();
  return {};
}

void AddTimeOption(Command command, SelectionOptions& options) {
  command.Add("--time", options.time_column, "a column of a CSV that says when, and is not compared");
}

void AddSelectionOptions(Command command, SelectionOptions& options) {
  command.Add("--scenario", options.scenario, "samples of this scenario only");
  command.Add("--rows", options.rows, "samples with so many rows only: \"1000 10000\"");
  command.Add("--filter", options.filters, "KEY=a,b: samples with these values only");
  command.Add("--metric", options.metric, "what is compared; the scenario's primary metric if not given");
  command.AddParsed(
      "--threshold",
      [&options](const std::string& text) {
        options.threshold = scenario::ParsePercentOrNumber(text);
        return options.threshold ? "" : "expected a percentage above 0%, up to 100%, as 3%";
      },
      "the change that matters, in per cent: 3%; the scenario's if not given");
  command.Add("--store", options.store, "a file, or postgresql://…").ShowDefault();
}

Command AddBenchCompare(Command bench, BenchCompareOptions& options) {
  return bench.AddCommand("compare", "Compare commits, runs or files, cell by cell", [&options](Command compare) {
    const Option sides =
        compare.Add("SIDES", options.selection.sides,
                    "runs, commits, files (JSONL, CSV, Google Benchmark, Go, hyperfine), baseline:NAME; none: the last "
                    "commit in the store, and the last before it that has a cell in common");
    const Option measure =
        compare.AddFlag("--measure", options.measure,
                        "build the commits that SIDES name and run them in turns, until decided, before comparing");
    const Option sha =
        compare.Add("--sha", options.selection.commits, "commits in the store, the first is the reference");
    compare.Add("--last", options.selection.last, "the last N commits in the store with cells in common (2)")
        .In(size_t{1}, size_t{1000})
        .WhenGiven([&options] { options.last_was_given = true; })
        .Excludes(sides)
        .Excludes(sha);
    compare.Add("--col", options.column, "the parameter whose values are compared, instead of commits");
    compare.Add("--row", options.rows, "parameters that make the rows; all others if not given").Separator(',');
    compare.Add("--ignore", options.ignored, "parameters to pool").Separator(',');
    AddTimeOption(compare, options.selection);
    compare.Add("--format", options.format, "text, markdown, json, csv")
        .OneOf({"text", "markdown", "json", "csv"})
        .ShowDefault();
    compare.AddFlag("--explore", options.explore, "other metrics and phases of every cell, not only of changed ones");
    compare.AddFlag("--why", options.why, "print the reasons of every verdict");
    AddSelectionOptions(compare, options.selection);
    compare.Find("--scenario").Text("samples of this scenario only; with --measure the scenario's file");
    AddBuildOptions(compare, options.measuring);
    for (const char* option : {"--build", "--binary", "--cmd", "--axis", "--iters", "--warmup", "--max-blocks",
                               "--max-time", "--dsn", "--timeout", "--fresh", "--seed"}) {
      compare.Find(option).Needs(measure);
    }
    AddProfileOptions(compare, options.measuring.profile, options.measuring.profile_request);
  });
}

int RunBenchCompare(const BenchCompareOptions& options) {
  const Status done = Compare(options);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
