// The report of `bench cmd` for other programs: Markdown and JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "base/format.h"
#include "base/json.h"
#include "report/command_report.h"
#include "report/comparison_table.h"
#include "report/markdown.h"

namespace rapidbyte::report {
namespace {

using nlohmann::ordered_json;

ordered_json SummaryJson(const stats::Summary& summary) {
  return {{"n", summary.n},
          {"median", summary.median},
          {"lower_quartile", summary.lower_quartile},
          {"upper_quartile", summary.upper_quartile},
          {"min", summary.min},
          {"max", summary.max}};
}

ordered_json IntervalJson(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  return ordered_json::array({interval->lower, interval->upper});
}

ordered_json DecisionJson(const stats::Decision& decision) {
  ordered_json json = {{"verdict", stats::VerdictName(decision.verdict)},
                       {"ratio", nullptr},
                       {"interval", nullptr},
                       {"p", nullptr},
                       {"adjusted_p", decision.adjusted_p},
                       {"comparisons", decision.family},
                       {"threshold", decision.threshold},
                       {"blocks", 0}};
  if (!decision.ratio) return json;
  json["ratio"] = decision.ratio->estimate;
  json["interval"] = IntervalJson(decision.ratio->interval);
  json["p"] = decision.ratio->p_value;
  json["blocks"] = decision.ratio->pairs;
  return json;
}

ordered_json CommandDocument(const CommandAnalysis& analysis, size_t index) {
  const CommandNumbers& numbers = analysis.commands[index];
  ordered_json json = {{"command", numbers.command.name}, {"parameters", numbers.command.parameters}};
  json["is_reference"] = index == analysis.reference;
  json["runs"] = numbers.runs.size();
  json["outliers"] = numbers.outliers.size();
  json["nonzero_exits"] = numbers.nonzero_exits;
  json["metrics"] = ordered_json::object();
  for (const std::string_view name : record::BuiltInMetrics()) {
    const stats::Summary summary = numbers.Of(std::string(name));
    if (summary.n > 0) json["metrics"][std::string(name)] = SummaryJson(summary);
  }
  for (const analysis::MetricRule& rule : analysis.question.metrics) {
    const stats::Summary summary = numbers.Of(rule.name);
    if (summary.n > 0) json["metrics"][rule.name] = SummaryJson(summary);
  }
  json["comparison"] = numbers.decision ? DecisionJson(*numbers.decision) : ordered_json(nullptr);
  return json;
}

std::string RatioText(const CommandAnalysis& analysis, size_t index) {
  if (index == analysis.reference) return "1";
  const auto& decision = analysis.commands[index].decision;
  if (!decision || !decision->ratio) return "–";
  const auto& interval = decision->ratio->interval;
  const std::string ratio = FormatDigits(decision->ratio->estimate);
  return interval ? fmt::format("{} ({} to {})", ratio, FormatDigits(interval->lower), FormatDigits(interval->upper))
                  : ratio;
}

struct TableRow {
  std::string command, median, min, max;
  size_t runs = 0;
  std::string ratio;
};

std::vector<TableRow> TableRows(const CommandAnalysis& analysis, const CommandNotes& notes) {
  std::vector<size_t> indices(analysis.commands.size());
  std::iota(indices.begin(), indices.end(), size_t{0});
  if (notes.order == CommandOrder::kMedian) indices = ByMedian(analysis);
  std::vector<TableRow> rows;
  for (const size_t index : indices) {
    const CommandNumbers& numbers = analysis.commands[index];
    const auto value = [&](double number) {
      return numbers.primary.n == 0 ? "–" : CommandValue(number, analysis.question.primary.unit, notes);
    };
    rows.push_back({numbers.command.name, value(numbers.primary.median), value(numbers.primary.min),
                    value(numbers.primary.max), numbers.primary.n, RatioText(analysis, index)});
  }
  return rows;
}

}  // namespace

std::string CommandMarkdown(const CommandAnalysis& analysis, const CommandNotes& notes) {
  std::string text = fmt::format(
      "| Command | Median {} | Min | Max | Runs | Relative (95% interval) |\n|:---|---:|---:|---:|---:|---:|\n",
      analysis.question.primary.name);
  for (const TableRow& row : TableRows(analysis, notes)) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", MarkdownCode(row.command), row.median, row.min, row.max,
                        row.runs, row.ratio);
  }
  return text;
}

std::string CommandAsciidoc(const CommandAnalysis& analysis, const CommandNotes& notes) {
  std::string text =
      fmt::format("[cols=\"<,>,>,>,>,>\"]\n|===\n| Command | Median {} | Min | Max | Runs | Relative (95% interval)\n",
                  analysis.question.primary.name);
  for (const TableRow& row : TableRows(analysis, notes)) {
    text += fmt::format("\n| {}\n| {}\n| {}\n| {}\n| {}\n| {}\n", MarkdownCode(row.command), row.median, row.min,
                        row.max, row.runs, row.ratio);
  }
  return text + "|===\n";
}

std::string CommandJson(const record::Campaign& campaign, const CommandAnalysis& analysis, const CommandNotes& notes) {
  ordered_json document = {{"campaign", campaign.id},
                           {"started_at", campaign.started_at},
                           {"finished_at", campaign.finished_at},
                           {"host", campaign.host.hostname},
                           {"git_sha", campaign.git_sha},
                           {"git_dirty", campaign.git_dirty},
                           {"seed", campaign.seed},
                           {"warmup_blocks", campaign.warmup_blocks},
                           {"blocks", analysis.blocks},
                           {"settings", campaign.settings},
                           {"metric", analysis.question.primary.name}};
  document["commands"] = ordered_json::array();
  for (size_t i = 0; i < analysis.commands.size(); ++i) document["commands"].push_back(CommandDocument(analysis, i));
  document["warnings"] = notes.warnings;
  for (const std::string& warning : CommandWarnings(analysis)) document["warnings"].push_back(warning);
  return DumpJson(document, 2) + "\n";
}

}  // namespace rapidbyte::report
