#include "report/bisect_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/printable.h"
#include "record/cell_key.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

constexpr size_t kWidth = 80;
constexpr size_t kRoleWidth = 11;
constexpr size_t kChangeWidth = 8;

std::string Short(const BisectCommit& commit) { return record::ShortCommit(commit.sha); }
std::string Named(const BisectCommit& commit) { return Short(commit) + "  " + Printable(commit.subject); }

std::string Change(const std::optional<stats::Decision>& decision) {
  return decision && decision->ratio ? FormatChange(decision->ratio->estimate) : "–";
}

// What is shown of a change: "+48.2% (+47.1% to +49.3%, 14 blocks)".
std::string ChangeInFull(const stats::Decision& decision) {
  std::string text = Change(decision);
  if (!decision.ratio) return text;
  text += " (";
  if (decision.ratio->interval) text += FormatInterval(*decision.ratio->interval) + ", ";
  return text + fmt::format("{} blocks, p = {:.2g})", decision.ratio->pairs, decision.ratio->p_value);
}

std::string FoundText(const BisectReport& report) {
  const BisectCommit& found = report.suspects.front();
  std::string text = "The first bad commit is\n\n  " + Named(found) + "\n  authored " + found.author_date + "\n\n";
  if (report.before && report.change) {
    text += Wrap("",
                 fmt::format("{} {} against the commit before it, {}.", report.rule.name, ChangeInFull(*report.change),
                             Short(*report.before)),
                 kWidth);
  }
  text +=
      Wrap("", fmt::format("The chance that any of its steps went wrong is at most {:.2g}%.", report.error_bound * 100),
           kWidth);
  if (found.is_merge) {  // unbroken: a line to be copied
    text += fmt::format(
        "It is a merge. To search what it merged:\n\n  rapidbyte bench bisect $(git merge-base {0}^1 {0}^2) "
        "{0}^2\n",
        Short(found));
  }
  return text;
}

std::string SuspectsText(const BisectReport& report) {
  std::string text = Wrap("", "Not found: some commits could not be told apart. The first bad one is among", kWidth);
  text += "\n";
  for (const BisectCommit& suspect : report.suspects) text += "  " + Named(suspect) + "\n";
  return text;
}

// The ends are the only step.
std::string UndecidedText(const BisectReport& report) {
  std::string text = fmt::format("There is no search: whether {} regressed against {} could not be decided",
                                 Short(report.bad), Short(report.good));
  const auto& ends = report.steps.front().decision;
  if (ends && ends->ratio) text += fmt::format(" in {} blocks", ends->ratio->pairs);
  text += ".";
  if (const auto enough = ends ? stats::BlocksToDecide(*ends) : std::nullopt) {
    text += fmt::format(" It takes about {} (--max-blocks).", *enough);
  }
  return Wrap("", text, kWidth);
}

std::string OutcomeText(const BisectReport& report) {
  switch (report.outcome) {
    case BisectOutcome::kFound:
      return FoundText(report);
    case BisectOutcome::kSeveralSuspects:
      return SuspectsText(report);
    case BisectOutcome::kUnconfirmed:
      return SuspectsText(report) + "\n" +
             Wrap("",
                  "Measured side by side with the commit before it, it shows no regression. The machine may have "
                  "changed meanwhile, or the change is spread over several commits.",
                  kWidth);
    case BisectOutcome::kUndecided:
      return UndecidedText(report);
    case BisectOutcome::kNoRegression:
      return Wrap("",
                  fmt::format("There is nothing to search for: {} shows no regression against {} of {:.4g}% or "
                              "more.",
                              Short(report.bad), Short(report.good), report.rule.threshold * 100),
                  kWidth);
  }
  return "";
}

json Json(const BisectCommit& commit) {
  return {{"sha", commit.sha},
          {"subject", commit.subject},
          {"author_date", commit.author_date},
          {"merge", commit.is_merge}};
}

json Json(const std::optional<stats::Decision>& decision) {
  if (!decision) return nullptr;
  json object{{"verdict", stats::VerdictName(decision->verdict)}, {"level", decision->criteria.alpha}};
  if (!decision->ratio) return object;
  object["ratio"] = decision->ratio->estimate;
  object["p"] = decision->ratio->p_value;
  object["blocks"] = decision->ratio->pairs;
  if (decision->ratio->interval) {
    object["interval"] = {decision->ratio->interval->lower, decision->ratio->interval->upper};
  }
  return object;
}

const char* OutcomeName(BisectOutcome outcome) {
  constexpr const char* names[] = {"found", "several_suspects", "no_regression", "unconfirmed", "undecided"};
  return names[static_cast<size_t>(outcome)];
}

}  // namespace

std::string BisectStepText(const BisectStep& step) {
  std::string text = PadRight(step.role, kRoleWidth) + PadLeft(Change(step.decision), kChangeWidth) + "  ";
  text += Named(step.commit);
  return step.note.empty() ? text : text + ": " + Printable(step.note);
}

std::string BisectText(const BisectReport& report) {
  std::string text = "good    " + Named(report.good) + "\nbad     " + Named(report.bad) + "\n";
  text += fmt::format("range   {} {} after the good one\nmetric  {}", report.commits,
                      report.commits == 1 ? "commit" : "commits", report.rule.name);
  if (!report.cell.empty()) text += " where " + report.cell;
  if (report.step_threshold > 0) text += fmt::format(", bad from {:+.3g}% on", report.step_threshold * 100);
  text += "\n\n";
  for (const BisectStep& step : report.steps) text += BisectStepText(step) + "\n";
  return text + "\n" + OutcomeText(report);
}

std::string BisectJson(const BisectReport& report) {
  json object{{"outcome", OutcomeName(report.outcome)},
              {"good", Json(report.good)},
              {"bad", Json(report.bad)},
              {"commits", report.commits},
              {"metric", report.rule.name},
              {"threshold", report.rule.threshold},
              {"step_threshold", report.step_threshold},
              {"cell", report.cell},
              {"steps", json::array()},
              {"suspects", json::array()},
              {"before", report.before ? Json(*report.before) : json(nullptr)},
              {"change", Json(report.change)},
              {"error_bound", report.error_bound}};
  for (const BisectStep& step : report.steps) {
    object["steps"].push_back(
        {{"role", step.role}, {"commit", Json(step.commit)}, {"decision", Json(step.decision)}, {"note", step.note}});
  }
  for (const BisectCommit& suspect : report.suspects) object["suspects"].push_back(Json(suspect));
  return DumpJson(object, 2) + "\n";
}

}  // namespace rapidbyte::report
