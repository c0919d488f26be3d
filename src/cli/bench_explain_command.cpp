#include "cli/bench_explain_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/bench_compare_command.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "report/explain_report.h"
#include "scenario/axis_values.h"

namespace rapidbyte::cli {
namespace {

using analysis::ComparedCell;

constexpr size_t kCellsNamed = 5;

// "mode" is what the lines call the load method.
std::string ParameterNamed(const std::string& name, const analysis::Comparison& comparison) {
  const bool known = std::any_of(comparison.cells.begin(), comparison.cells.end(),
                                 [&](const ComparedCell& cell) { return cell.row.count(name) != 0; });
  return !known && name == "mode" ? "load_method" : name;
}

Result<record::CellKey> ParseCell(const std::string& text, const analysis::Comparison& comparison) {
  record::CellKey cell;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto cut = scenario::CutAtEquals(text.substr(begin, end - begin));
    if (!cut) return Fail(ErrorCode::kUsage, "CELL " + text + ": expected KEY=VALUE[,KEY=VALUE…]");
    cell[ParameterNamed(cut->key, comparison)] = cut->value;
    begin = end + 1;
  }
  return cell;
}

std::string CellsOf(const analysis::Comparison& comparison) {
  std::string text;
  for (size_t i = 0; i < std::min(comparison.cells.size(), kCellsNamed); ++i) {
    text += (i == 0 ? "" : "; ") + record::Label(comparison.cells[i].row);
  }
  return comparison.cells.size() > kCellsNamed ? text + "; …" : text;
}

double LogRatio(const ComparedCell& cell) { return cell.decision.ratio ? std::log(cell.decision.ratio->estimate) : 0; }

// By how much it got worse, on the logarithmic scale.
double Worsening(const ComparedCell& cell) {
  return cell.decision.direction == stats::Direction::kLowerIsBetter ? LogRatio(cell) : -LogRatio(cell);
}

const ComparedCell* Largest(const std::vector<const ComparedCell*>& cells, double sign) {
  return *std::max_element(cells.begin(), cells.end(), [sign](const ComparedCell* a, const ComparedCell* b) {
    return sign * Worsening(*a) < sign * Worsening(*b);
  });
}

std::vector<const ComparedCell*> CellsWith(stats::Verdict verdict, const analysis::Comparison& comparison) {
  std::vector<const ComparedCell*> cells;
  for (const ComparedCell& cell : comparison.cells) {
    if (cell.decision.verdict == verdict) cells.push_back(&cell);
  }
  return cells;
}

Result<std::vector<const ComparedCell*>> ChooseCells(const BenchExplainOptions& options,
                                                     const analysis::Comparison& comparison) {
  std::vector<const ComparedCell*> cells;
  if (!options.cell.empty()) {
    RB_ASSIGN(const record::CellKey wanted, ParseCell(options.cell, comparison));
    for (const ComparedCell& cell : comparison.cells) {
      if (record::Matches(cell.row, wanted)) cells.push_back(&cell);
    }
    if (cells.empty()) {
      return Fail(ErrorCode::kUsage, "no cell of both sides is " + options.cell, "there are: " + CellsOf(comparison));
    }
    return cells;
  }
  cells = CellsWith(stats::Verdict::kRegressed, comparison);
  const auto improved = CellsWith(stats::Verdict::kImproved, comparison);
  if (options.changed) {
    cells.insert(cells.end(), improved.begin(), improved.end());
  } else if (!cells.empty()) {
    cells = {Largest(cells, 1)};
  } else if (!improved.empty()) {
    cells = {Largest(improved, -1)};
  } else if (comparison.cells.size() == 1) {
    cells = {&comparison.cells.front()};
  }
  if (!cells.empty()) return cells;
  return Fail(ErrorCode::kUsage,
              fmt::format("none of {} cells changed, so there is nothing to explain", comparison.cells.size()),
              "name a cell to see its parts: " + CellsOf(comparison));
}

Result<SelectionOptions> SelectionOf(const BenchExplainOptions& options) {
  SelectionOptions selection = options.selection;
  if (options.before.empty()) return selection;
  if (options.after.empty()) {
    return Fail(ErrorCode::kUsage, "there is one side only, and nothing to compare it with", "name two: A and B");
  }
  selection.sides = {options.before, options.after};
  return selection;
}

std::string Rendered(const report::ExplainReport& report, const std::string& format) {
  if (format == "markdown") return report::ExplainMarkdown(report);
  if (format == "json") return report::ExplainJson(report);
  return report::ExplainText(report);
}

Status Explain(const BenchExplainOptions& options) {
  RB_ASSIGN(SelectionOptions selected, SelectionOf(options));
  if (options.measure) RB_TRY(MeasureSides(options.measuring, selected));
  RB_ASSIGN(const Selection selection, Select(selected));
  const analysis::Projection projection = ProjectionBySide(selection);
  RB_ASSIGN(const analysis::Comparison comparison,
            analysis::Compare(selection.observations, projection, selection.rule, selection.stopping));
  RB_ASSIGN(const auto cells, ChooseCells(options, comparison));
  report::ExplainReport report;
  report.before_name = selection.names.front();
  report.after_name = selection.names.back();
  report.warnings = selection.warnings;
  report.all = options.all;
  if (cells.size() > 1 && (!options.profiles.before.empty() || !options.profiles.after.empty())) {
    return Fail(ErrorCode::kUsage, fmt::format("the profiles are of one cell, not of {}", cells.size()),
                "name the cell: " + CellsOf(comparison));
  }
  for (const ComparedCell* cell : cells) {
    RB_ASSIGN(report::CellCauses causes, CausesOfCell(selection, projection, *cell, options.profiles));
    report.cells.push_back({cell->row, stats::VerdictName(cell->decision.verdict), std::move(causes.explanation),
                            std::move(causes.frames)});
    if (report.cells.back().explanation.parts.empty()) {
      return Fail(ErrorCode::kUsage, "there are no runs to take apart of " + record::Label(cell->row),
                  "only samples measured here have parts; other tools' files hold single values");
    }
    if (cell->rule.name != "wall") {
      report.cells.back().explanation.notes.push_back("the verdict is on " + cell->rule.name +
                                                      "; what is split here is the wall time");
    }
  }
  PrintText(Rendered(report, options.format));
  return {};
}

}  // namespace

Command AddBenchExplain(Command bench, BenchExplainOptions& options) {
  return bench.AddCommand(
      "explain", "Split the change of a cell's wall time over its parts", [&options](Command explain) {
        explain.Add("A", options.before, "before: a run, commit, file (JSONL) or baseline:NAME; none: as for compare");
        explain.Add("B", options.after, "after");
        explain.Add("CELL", options.cell, "KEY=VALUE,…: these cells; none: the one that regressed most");
        explain.AddFlag("--changed", options.changed, "every cell that changed, instead of one");
        explain.AddFlag("--all", options.all, "all parts, also those that hardly matter");
        explain.Add("--format", options.format, "text, markdown, json")
            .OneOf({"text", "markdown", "json"})
            .ShowDefault();
        explain.Add("--profile-before", options.profiles.before,
                    "profiles of A; none: those that bench run --profile and bench profile --of left");
        explain.Add("--profile-after", options.profiles.after, "profiles of B");
        explain.AddFlag("--measure", options.measure, "build the commits A and B and run them in turns first");
        AddSelectionOptions(explain, options.selection);
        explain.Find("--scenario").Text("samples of this scenario only; with --measure the scenario's file");
        AddBuildOptions(explain, options.measuring);
        AddProfileOptions(explain, options.measuring.profile, options.measuring.profile_request);
      });
}

int RunBenchExplain(const BenchExplainOptions& options) {
  const Status done = Explain(options);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
