#include "report/comparison_causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/explain_table.h"
#include "report/markdown.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr size_t kWidth = 80;

const CellCauses* Find(std::span<const CellCauses> causes, const record::CellKey& row, size_t column) {
  const auto found = std::find_if(causes.begin(), causes.end(),
                                  [&](const CellCauses& one) { return one.column == column && one.row == row; });
  return found == causes.end() ? nullptr : &*found;
}

// "+9.5 ms  source: connector code (+9.8, 95% interval +9.1 to +10.4)"
std::string Sentence(const analysis::ExplainedPart& part, const TimeFormat& format) {
  return fmt::format("{} {}  {} ({}, 95% interval {})", format.Signed(part.on_path), format.unit(), NameOf(part.part),
                     format.Signed(part.time.change), format.Interval(part.time.interval));
}

// What to say where nothing is significant.
std::string Instead(const analysis::Explanation& explanation) {
  if (!explanation.notes.empty() && !explanation.wall.interval) return explanation.notes.front();
  return "no single part is significant; bench explain shows them all";
}

}  // namespace

std::string CausesText(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column) {
  std::string text;
  for (const ComparisonRow& row : table.rows) {
    const CellCauses* cell = Find(causes, row.cell->row, column);
    if (cell == nullptr) continue;
    const TimeFormat format(cell->explanation.wall);
    text += Wrap(
        "  ", fmt::format("{}: mean wall {} {}", row.name, format.Signed(cell->explanation.wall.change), format.unit()),
        kWidth);
    const auto parts = analysis::CausesOf(cell->explanation, kCausesShown);
    for (const analysis::ExplainedPart& part : parts) text += Wrap("    ", Sentence(part, format), kWidth);
    if (parts.empty()) text += Wrap("    ", Instead(cell->explanation), kWidth);
  }
  return text.empty() ? text : "\nCauses, by what of them reached the wall time\n" + text;
}

std::string CausesMarkdown(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column) {
  std::string text;
  for (const ComparisonRow& row : table.rows) {
    const CellCauses* cell = Find(causes, row.cell->row, column);
    if (cell == nullptr) continue;
    const TimeFormat format(cell->explanation.wall);
    text += fmt::format("- {}: mean wall {} {}\n", MarkdownEscaped(row.name),
                        format.Signed(cell->explanation.wall.change), format.unit());
    const auto parts = analysis::CausesOf(cell->explanation, kCausesShown);
    for (const analysis::ExplainedPart& part : parts) {
      text += fmt::format("  - {} {}: **{}** ({}, 95% interval {})\n", format.Signed(part.on_path), format.unit(),
                          MarkdownEscaped(NameOf(part.part)), format.Signed(part.time.change),
                          format.Interval(part.time.interval));
    }
    if (parts.empty()) text += "  - " + MarkdownEscaped(Instead(cell->explanation)) + "\n";
  }
  return text.empty() ? text : "Causes, by what of them reached the wall time:\n\n" + text + "\n";
}

nlohmann::json CausesJson(std::span<const CellCauses> causes, const analysis::ComparedCell& cell) {
  const CellCauses* known = Find(causes, cell.row, cell.column);
  if (known == nullptr) return nullptr;
  nlohmann::json list = nlohmann::json::array();
  for (const analysis::ExplainedPart& part : analysis::CausesOf(known->explanation, kCausesShown)) {
    list.push_back(ToJson(part));
  }
  return list;
}

}  // namespace rapidbyte::report
