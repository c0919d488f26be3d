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
constexpr size_t kCellsShown = 10;  // the rest is counted

const CellCauses* Find(std::span<const CellCauses> causes, const record::CellKey& row, size_t column) {
  const auto found = std::find_if(causes.begin(), causes.end(),
                                  [&](const CellCauses& one) { return one.column == column && one.row == row; });
  return found == causes.end() ? nullptr : &*found;
}

struct KnownCell {
  const ComparisonRow* row = nullptr;
  const CellCauses* causes = nullptr;
};

// In the order of the table.
std::vector<KnownCell> KnownCells(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column) {
  std::vector<KnownCell> cells;
  for (const ComparisonRow& row : table.rows) {
    const CellCauses* known = Find(causes, row.cell->row, column);
    if (known != nullptr) cells.push_back({&row, known});
  }
  return cells;
}

std::string Heading(const KnownCell& cell, const TimeFormat& format) {
  return fmt::format("{}: mean wall {} {}", cell.row->name, format.Signed(cell.causes->explanation.wall.change),
                     format.unit());
}

std::string Hidden(size_t cells) {
  return fmt::format("and of {} more cells: bench explain --changed", cells - kCellsShown);
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
  const auto cells = KnownCells(causes, table, column);
  if (cells.empty()) return {};
  std::string text = "\nCauses, by what of them reached the wall time\n";
  for (size_t i = 0; i < std::min(cells.size(), kCellsShown); ++i) {
    const analysis::Explanation& explanation = cells[i].causes->explanation;
    const TimeFormat format(explanation.wall);
    text += Wrap("  ", Heading(cells[i], format), kWidth);
    const auto parts = analysis::CausesOf(explanation, kCausesShown);
    for (const analysis::ExplainedPart& part : parts) text += Wrap("    ", Sentence(part, format), kWidth);
    if (parts.empty()) text += Wrap("    ", Instead(explanation), kWidth);
  }
  return text + (cells.size() > kCellsShown ? "  " + Hidden(cells.size()) + "\n" : "");
}

std::string CausesMarkdown(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column) {
  const auto cells = KnownCells(causes, table, column);
  if (cells.empty()) return {};
  std::string text = "Causes, by what of them reached the wall time:\n\n";
  for (size_t i = 0; i < std::min(cells.size(), kCellsShown); ++i) {
    const analysis::Explanation& explanation = cells[i].causes->explanation;
    const TimeFormat format(explanation.wall);
    text += "- " + MarkdownEscaped(Heading(cells[i], format)) + "\n";
    const auto parts = analysis::CausesOf(explanation, kCausesShown);
    for (const analysis::ExplainedPart& part : parts) {
      text += fmt::format("  - {} {}: **{}** ({}, 95% interval {})\n", format.Signed(part.on_path), format.unit(),
                          MarkdownEscaped(NameOf(part.part)), format.Signed(part.time.change),
                          format.Interval(part.time.interval));
    }
    if (parts.empty()) text += "  - " + MarkdownEscaped(Instead(explanation)) + "\n";
  }
  if (cells.size() > kCellsShown) text += "- " + Hidden(cells.size()) + "\n";
  return text + "\n";
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
