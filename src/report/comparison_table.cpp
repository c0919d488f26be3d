#include "report/comparison_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace rapidbyte::report {
namespace {

using analysis::ComparedCell;
using stats::Verdict;

int Rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegressed:
      return 0;
    case Verdict::kImproved:
      return 1;
    case Verdict::kInconclusive:
      return 2;
    case Verdict::kUnchanged:
      return 3;
  }
  return 3;
}

// Greater first.
double SizeOfChange(const ComparedCell& cell) {
  return cell.decision.ratio ? std::abs(std::log(cell.decision.ratio->estimate)) : 0;
}

std::string FootnoteOf(const ComparedCell& cell) {
  const stats::Decision& decision = cell.decision;
  switch (decision.obstacle) {
    case stats::Obstacle::kNone:
      break;
    case stats::Obstacle::kNoValues:
      return "no values to compare";
    case stats::Obstacle::kNoRatio:
      return "no ratio: a value is zero or negative";
    case stats::Obstacle::kFewBlocks:
      return "needs 6 blocks";
    case stats::Obstacle::kOneRunASide:
      return "one run on a side, not interleaved: how much runs differ is unknown; `bench compare --measure` "
             "interleaves them";
    case stats::Obstacle::kFewRuns:
      return "too few runs, not interleaved; `bench compare --measure` interleaves them";
  }
  if (decision.verdict != Verdict::kInconclusive) return {};
  const char* unit = decision.design == stats::Design::kPaired ? "blocks" : "runs a side";
  const std::optional<size_t> needed = stats::BlocksToDecide(decision);
  if (!needed) return "no sensible number of blocks would decide at this noise";
  return fmt::format("about {} {} would decide", *needed, unit);
}

ComparisonRow RowOf(const ComparedCell& cell, const std::vector<std::string>& varying) {
  const std::string& unit = cell.rule.unit;
  ComparisonRow row;
  row.cell = &cell;
  row.name = CellName(cell.row, varying);
  row.before = FormatValue(cell.before.median, unit);
  row.after = FormatValue(cell.after.median, unit);
  row.change = "–";
  if (const auto& ratio = cell.decision.ratio) {
    row.change = FormatChange(ratio->estimate);
    if (ratio->interval) row.interval = FormatInterval(*ratio->interval);
  }
  row.verdict = cell.decision.verdict == Verdict::kUnchanged ? "~" : stats::VerdictName(cell.decision.verdict);
  row.footnote = FootnoteOf(cell);
  return row;
}

}  // namespace

Parameters DivideParameters(const std::vector<record::CellKey>& cells) {
  std::map<std::string, std::set<std::string>> values;
  for (const record::CellKey& cell : cells) {
    for (const auto& [name, value] : cell) values[name].insert(value);
  }
  Parameters parameters;
  for (const auto& [name, all] : values) {
    const auto has = [&name = name](const record::CellKey& cell) { return cell.count(name) != 0; };
    if (all.size() == 1 && std::all_of(cells.begin(), cells.end(), has)) {
      parameters.constant[name] = record::ShownValue(name, *all.begin());
    } else {
      parameters.varying.push_back(name);
    }
  }
  return parameters;
}

std::string CellName(const record::CellKey& cell, const std::vector<std::string>& varying) {
  if (varying.empty()) return "all";
  std::string name;
  for (const std::string& parameter : varying) {
    const std::string value = record::ShownValue(parameter, record::ParameterOf(cell, parameter));
    name += (name.empty() ? "" : "/") + (value.empty() ? std::string("-") : value);
  }
  return name;
}

std::string FormatChange(double ratio) {
  const double percent = 100 * (ratio - 1);
  const double size = std::abs(percent);
  const int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  const std::string text = fmt::format("{:.{}f}", size, digits);
  const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
  return fmt::format("{}{}%", is_zero ? "" : percent < 0 ? "-" : "+", text);
}

std::string FormatInterval(const stats::Interval& interval) {
  return FormatChange(interval.lower) + " to " + FormatChange(interval.upper);
}

std::string FormatValue(double value, const std::string& unit) {
  if (unit == "s") return FormatDuration(value);
  if (unit == "bytes") return FormatBytes(value);
  return FormatDigits(value) + (unit.empty() ? "" : " " + unit);
}

ComparisonTable TableOf(const analysis::Comparison& comparison, size_t column) {
  std::vector<const ComparedCell*> cells;
  for (const ComparedCell& cell : comparison.cells) {
    if (cell.column == column) cells.push_back(&cell);
  }
  std::stable_sort(cells.begin(), cells.end(), [](const ComparedCell* a, const ComparedCell* b) {
    const int rank_a = Rank(a->decision.verdict);
    const int rank_b = Rank(b->decision.verdict);
    return rank_a != rank_b ? rank_a < rank_b : rank_a < 2 && SizeOfChange(*a) > SizeOfChange(*b);
  });
  std::vector<record::CellKey> keys;
  keys.reserve(cells.size());
  for (const ComparedCell* cell : cells) keys.push_back(cell->row);
  Parameters parameters = DivideParameters(keys);
  ComparisonTable table{std::move(parameters.varying), std::move(parameters.constant), {}};
  for (const ComparedCell* cell : cells) table.rows.push_back(RowOf(*cell, table.varying));
  return table;
}

}  // namespace rapidbyte::report
