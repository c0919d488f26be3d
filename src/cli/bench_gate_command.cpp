#include "cli/bench_gate_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "cli/bench_causes.h"
#include "cli/bench_commits.h"
#include "cli/bench_compare_command.h"
#include "cli/bench_sides.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "os/write_file.h"
#include "report/gate_report.h"
#include "report/text_layout.h"

namespace rapidbyte::cli {
namespace {

constexpr int kPass = 0;
constexpr int kRegression = 1;
constexpr int kInconclusive = 2;
constexpr int kGateError = 3;
constexpr size_t kWidth = 80;
constexpr std::string_view kWindowPrefix = "window:";

Result<size_t> WindowOf(const std::string& text) {
  const std::string number = text.substr(kWindowPrefix.size());
  size_t runs = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), runs);
  if (error == std::errc() && end == number.data() + number.size() && runs > 0) return runs;
  return Fail(ErrorCode::kUsage, fmt::format("--baseline {}: expected window:N with a number of runs", text));
}

Result<SelectionOptions> SelectionOf(const BenchGateOptions& options) {
  if (options.baseline.empty()) {
    return Fail(ErrorCode::kUsage, "--baseline is required: what is the candidate compared to?",
                "a commit, run or file, baseline:NAME, or window:N for N earlier runs");
  }
  SelectionOptions selection = options.selection;
  if (options.baseline.starts_with(kWindowPrefix)) {
    RB_ASSIGN(selection.window, WindowOf(options.baseline));
    if (!options.candidate.empty()) selection.sides = {options.candidate};
    return selection;
  }
  selection.sides = {options.baseline};
  selection.with_newest = options.candidate.empty();
  if (!selection.with_newest) selection.sides.push_back(options.candidate);
  return selection;
}

Status WriteIfNamed(const std::string& path, const std::string& text) {
  return path.empty() ? Status() : os::WriteFile(path, text);
}

// Rows of the baseline of which the candidate, the last side, has failed runs only.
std::vector<record::CellKey> FailedRows(const Selection& selection, const analysis::Comparison& comparison) {
  const Side& candidate = selection.sides->back();
  std::map<std::string, std::string> scenarios;
  for (const record::Campaign& campaign : candidate.campaigns) scenarios[campaign.id] = campaign.scenario;
  std::vector<record::CellKey> failed;
  for (const record::CellKey& row : comparison.only_before) {
    const auto is_of_row = [&](const record::Sample& sample) {
      record::CellKey cell = sample.cell;
      cell[std::string(analysis::kScenarioDimension)] = scenarios[sample.campaign_id];
      return sample.outcome != record::Outcome::kOk && record::Matches(cell, row);
    };
    if (std::any_of(candidate.samples.begin(), candidate.samples.end(), is_of_row)) failed.push_back(row);
  }
  return failed;
}

int CodeOf(const analysis::Comparison& comparison, const std::vector<record::CellKey>& failed, bool fail_inconclusive) {
  if (!failed.empty()) return kRegression;
  if (comparison.Count(stats::Verdict::kRegressed) > 0) return kRegression;
  if (comparison.Count(stats::Verdict::kInconclusive) > 0 && fail_inconclusive) return kInconclusive;
  return kPass;
}

std::string Runs(size_t count) { return fmt::format("{} {}", count, count == 1 ? "run" : "runs"); }

// What the inconclusive cells lack, as far as numbers can tell: of the cell that lacks most.
std::string Lacking(const analysis::Comparison& comparison) {
  const analysis::ComparedCell* most = nullptr;
  size_t needed = 0;
  for (const analysis::ComparedCell& cell : comparison.cells) {
    const auto enough = stats::BlocksToDecide(cell.decision);
    if (!enough || *enough <= needed) continue;
    most = &cell;
    needed = *enough;
  }
  if (most == nullptr) return "More of the same would not decide it; --why has the reasons.";
  if (most->decision.design == stats::Design::kPaired) {
    return fmt::format("It takes about {} blocks, and there are {}: `bench compare BASE HEAD --measure` runs more.",
                       needed, most->decision.ratio ? most->decision.ratio->pairs : 0);
  }
  return fmt::format("There are {} before and {} after, and it takes about {} a side: each `bench run` is one.",
                     Runs(most->runs_before), Runs(most->runs_after), needed);
}

std::string FailedSentence(const std::vector<record::CellKey>& failed) {
  constexpr size_t kNamed = 3;
  std::string names;
  for (size_t i = 0; i < std::min(failed.size(), kNamed); ++i) names += (i > 0 ? ", " : "") + record::Label(failed[i]);
  if (failed.size() > kNamed) names += fmt::format(" and {} more", failed.size() - kNamed);
  return fmt::format("Every run of the candidate failed in {} {}: {}.", failed.size(),
                     failed.size() == 1 ? "cell" : "cells", names);
}

std::string ShutSentence(const analysis::Comparison& comparison, const std::vector<record::CellKey>& failed) {
  const size_t regressed = comparison.Count(stats::Verdict::kRegressed);
  std::string text = "The gate is shut";
  text += regressed > 0 ? fmt::format(": {} of {} cells regressed.", regressed, comparison.cells.size()) : ".";
  return failed.empty() ? text : text + " " + FailedSentence(failed);
}

std::string Sentence(int code, const analysis::Comparison& comparison, const std::vector<record::CellKey>& failed) {
  const size_t cells = comparison.cells.size();
  switch (code) {
    case kRegression:
      return ShutSentence(comparison, failed);
    case kInconclusive:
      return fmt::format("The gate cannot decide on {} of {} cells. {} --inconclusive pass lets it through.",
                         comparison.Count(stats::Verdict::kInconclusive), cells, Lacking(comparison));
    default:
      return "The gate is open: no regression.";
  }
}

// Of a candidate that nobody named.
Status NoteCandidate(Selection& selection) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(selection.store));
  RB_ASSIGN(const std::string note, NoteOfUnmeasuredHead(store, selection.columns.back()));
  if (!note.empty()) selection.warnings.insert(selection.warnings.begin(), note);
  return {};
}

Result<int> Gate(const BenchGateOptions& options) {
  RB_ASSIGN(const SelectionOptions selected, SelectionOf(options));
  RB_ASSIGN(Selection selection, Select(selected));
  if (options.candidate.empty()) RB_TRY(NoteCandidate(selection));
  const analysis::Projection projection = ProjectionBySide(selection);
  RB_ASSIGN(const analysis::Comparison comparison,
            analysis::Compare(selection.observations, projection, selection.rule, selection.stopping));
  const std::vector<record::CellKey> failed = FailedRows(selection, comparison);
  const report::ComparisonNotes notes{selection.names, selection.warnings, options.why,
                                      CausesOfRegressions(selection, projection, comparison), failed};
  const bool fail_inconclusive = options.inconclusive == "fail";
  const int code = CodeOf(comparison, failed, fail_inconclusive);
  const std::string markdown =
      report::ComparisonMarkdown(comparison, notes) + Sentence(code, comparison, failed) + "\n";
  RB_TRY(WriteIfNamed(options.markdown_file, markdown));
  RB_TRY(WriteIfNamed(options.junit_file, report::ComparisonJunit(comparison, notes, fail_inconclusive)));
  RB_TRY(WriteIfNamed(options.json_file, report::ComparisonJson(comparison, notes)));
  if (options.format == "markdown") {
    PrintText(markdown);
  } else if (options.format == "json") {
    PrintText(report::ComparisonJson(comparison, notes));
  } else {
    PrintText(report::ComparisonText(comparison, notes) + report::Wrap("", Sentence(code, comparison, failed), kWidth));
  }
  return code;
}

}  // namespace

Command AddBenchGate(Command bench, BenchGateOptions& options) {
  return bench.AddCommand("gate", "Tell by the exit code whether a commit regressed", [&options](Command gate) {
    gate.Add("CANDIDATE", options.candidate,
             "a commit, run or file; none: the last commit in the store that compares with the baseline");
    gate.Add("--baseline", options.baseline, "a commit, run, file, baseline:NAME, or window:N earlier runs (required)");
    gate.Add("--inconclusive", options.inconclusive, "fail: exit with 2; pass: exit with 0")
        .OneOf({"fail", "pass"})
        .ShowDefault();
    gate.Add("--format", options.format, "what is printed: text, markdown, json")
        .OneOf({"text", "markdown", "json"})
        .ShowDefault();
    gate.Add("--markdown", options.markdown_file, "a file for a pull request's comment");
    gate.Add("--junit", options.junit_file, "a file for the CI's test report");
    gate.Add("--json", options.json_file, "a file for programs");
    gate.AddFlag("--why", options.why, "print the reasons of every verdict");
    AddTimeOption(gate, options.selection);
    AddSelectionOptions(gate, options.selection);
    gate.Footer("Exit codes: 0 no regression, 1 regression, 2 inconclusive, 3 the gate itself failed.");
  });
}

int RunBenchGate(const BenchGateOptions& options) {
  const auto code = Gate(options);
  if (code) return *code;
  PrintError(code.error());
  return kGateError;
}

}  // namespace rapidbyte::cli
