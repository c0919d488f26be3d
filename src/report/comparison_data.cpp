// The forms of a comparison that programs read: JSON and CSV.
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "report/comparison_causes.h"
#include "report/comparison_report.h"
#include "report/csv.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

json ToJson(const stats::Summary& summary, size_t runs) {
  return {{"n", summary.n}, {"runs", runs}, {"median", summary.median}, {"min", summary.min}, {"max", summary.max}};
}

json ToJson(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  return json::array({interval->lower, interval->upper});
}

json ToJson(const stats::Decision& decision) {
  json document = {{"verdict", stats::VerdictName(decision.verdict)},
                   {"paired", decision.design == stats::Design::kPaired},
                   {"threshold", decision.threshold},
                   {"p_adjusted", decision.adjusted_p},
                   {"cells_corrected_for", decision.family},
                   {"significant", decision.significant},
                   {"beyond_threshold", decision.beyond_threshold},
                   {"equivalent", decision.equivalent},
                   {"equivalence_interval", ToJson(decision.equivalence_interval)},
                   {"ratio", nullptr},
                   {"interval", nullptr},
                   {"p", nullptr},
                   {"blocks_to_decide", nullptr},
                   {"reasons", stats::Explain(decision)}};
  if (decision.ratio) {
    document["ratio"] = decision.ratio->estimate;
    document["interval"] = ToJson(decision.ratio->interval);
    document["p"] = decision.ratio->p_value;
  }
  if (const auto blocks = stats::BlocksToDecide(decision)) document["blocks_to_decide"] = *blocks;
  return document;
}

json ToJson(const analysis::ComparedCell& cell, const analysis::Comparison& comparison) {
  json document = ToJson(cell.decision);
  document["cell"] = cell.row;
  document["metric"] = cell.rule.name;
  document["unit"] = cell.rule.unit;
  document["lower_is_better"] = cell.rule.direction == stats::Direction::kLowerIsBetter;
  document["before_name"] = comparison.columns[0];
  document["after_name"] = comparison.columns[cell.column];
  document["before"] = ToJson(cell.before, cell.runs_before);
  document["after"] = ToJson(cell.after, cell.runs_after);
  document["values_without_partner"] = cell.unpaired;
  return document;
}

std::string Number(double value) { return DumpJson(json(value)); }

}  // namespace

json ComparisonDocument(const analysis::Comparison& comparison, const ComparisonNotes& notes) {
  json cells = json::array();
  for (const analysis::ComparedCell& cell : comparison.cells) {
    json document = ToJson(cell, comparison);
    document["causes"] = CausesJson(notes.causes, cell);
    document["functions"] = FunctionsJson(notes.causes, cell);
    cells.push_back(std::move(document));
  }
  json means = json::array();
  for (size_t column = 1; column < comparison.columns.size(); ++column) {
    const stats::GeometricMean mean = comparison.Mean(column);
    means.push_back({{"after_name", comparison.columns[column]}, {"cells", mean.n}, {"ratio", mean.ratio}});
  }
  json counts = json::object();
  for (const stats::Verdict verdict : {stats::Verdict::kRegressed, stats::Verdict::kImproved,
                                       stats::Verdict::kUnchanged, stats::Verdict::kInconclusive}) {
    counts[stats::VerdictName(verdict)] = comparison.Count(verdict);
  }
  return {{"metrics", comparison.Metrics()},
          {"dimension", comparison.dimension},
          {"columns", comparison.columns},
          {"counts", counts},
          {"geometric_means", means},
          {"cells", cells},
          {"only_before", comparison.only_before},
          {"only_after", comparison.only_after},
          {"warnings", notes.warnings}};
}

std::string ComparisonJson(const analysis::Comparison& comparison, const ComparisonNotes& notes) {
  return DumpJson(ComparisonDocument(comparison, notes), 2) + "\n";
}

std::string ComparisonCsv(const analysis::Comparison& comparison, const ComparisonNotes&) {
  std::set<std::string> parameters;
  for (const analysis::ComparedCell& cell : comparison.cells) {
    for (const auto& [name, value] : cell.row) {
      if (name != "metric" || value != cell.rule.name) parameters.insert(name);  // foreign files have it as a row's
    }
  }
  std::vector<std::string> head(parameters.begin(), parameters.end());
  for (const char* name : {"metric", "before_name", "after_name", "before_median", "after_median", "ratio",
                           "interval_lower", "interval_upper", "p", "p_adjusted", "verdict"}) {
    head.emplace_back(name);
  }
  std::string text = CsvLine(head);
  for (const analysis::ComparedCell& cell : comparison.cells) {
    std::vector<std::string> fields;
    for (const std::string& parameter : parameters) fields.push_back(record::ParameterOf(cell.row, parameter));
    const auto& ratio = cell.decision.ratio;
    const bool bounded = ratio && ratio->interval;
    fields.insert(fields.end(), {cell.rule.name, comparison.columns[0], comparison.columns[cell.column],
                                 Number(cell.before.median), Number(cell.after.median),
                                 ratio ? Number(ratio->estimate) : "", bounded ? Number(ratio->interval->lower) : "",
                                 bounded ? Number(ratio->interval->upper) : "", ratio ? Number(ratio->p_value) : "",
                                 Number(cell.decision.adjusted_p), stats::VerdictName(cell.decision.verdict)});
    text += CsvLine(fields);
  }
  return text;
}

}  // namespace rapidbyte::report
