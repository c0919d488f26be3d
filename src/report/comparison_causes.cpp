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

// What is said of one cell, line by line, with names as `decorated` writes them.
struct CauseLines {
  std::string heading;             // "mean wall +9.06 ms"
  std::vector<std::string> parts;  // "+9.5 ms  source: connector code (+9.8, 95% interval +9.1 to +10.4)"
  std::string functions_heading;   // empty where nothing is known of functions
  std::vector<std::string> functions;
};

using Decorate = std::string (*)(const std::string& name);

std::string Plain(const std::string& name) { return name; }
std::string Bold(const std::string& name) { return "**" + MarkdownEscaped(name) + "**"; }

// "Decoder::Next" of "Decoder::Next(int) const": parameters are long, and one function of a name is enough to go by.
std::string WithoutParameters(const std::string& name) {
  const size_t end = name.rfind(')');
  if (end == std::string::npos || (end + 1 < name.size() && name[end + 1] != ' ')) return name;
  size_t depth = 0;
  for (size_t i = end; i > 0; --i) {
    if (name[i] == ')') ++depth;
    if (name[i] == '(' && --depth == 0) return name.substr(0, i);
  }
  return name;
}

// What to say where nothing is significant.
std::string Instead(const analysis::Explanation& explanation) {
  if (!explanation.notes.empty() && !explanation.wall.interval) return explanation.notes.front();
  return "no single part is significant; bench explain shows them all";
}

void AddFunctions(const analysis::FrameChanges& frames, Decorate decorated, CauseLines& lines) {
  lines.functions_heading = FramesSentence(frames);
  for (const analysis::FrameChange& frame : analysis::GrownFrames(frames, kCausesShown)) {
    lines.functions.push_back(RowOf(frame, frames).change + "  " + decorated(WithoutParameters(NameOf(frame))));
  }
  if (lines.functions.empty()) lines.functions.emplace_back("none grew by more than noise");
}

CauseLines LinesOf(const CellCauses& causes, Decorate decorated) {
  const analysis::Explanation& explanation = causes.explanation;
  const TimeFormat format(explanation.wall);
  CauseLines lines;
  lines.heading = fmt::format("mean wall {} {}", format.Signed(explanation.wall.change), format.unit());
  for (const analysis::ExplainedPart& part : analysis::CausesOf(explanation, kCausesShown)) {
    lines.parts.push_back(fmt::format("{} {}  {} ({}, 95% interval {})", format.Signed(part.on_path), format.unit(),
                                      decorated(NameOf(part.part)), format.Signed(part.time.change),
                                      format.Interval(part.time.interval)));
  }
  if (lines.parts.empty()) lines.parts.push_back(Instead(explanation));
  if (causes.frames.changes) AddFunctions(*causes.frames.changes, decorated, lines);
  return lines;
}

std::string Hidden(size_t cells) {
  return fmt::format("and of {} more cells: bench explain --changed", cells - kCellsShown);
}

// Each command that would record what is missing once, whatever the number of cells that lack it.
std::vector<analysis::MissingProfiles> Missing(const std::vector<KnownCell>& cells) {
  std::vector<analysis::MissingProfiles> missing;
  for (size_t i = 0; i < std::min(cells.size(), kCellsShown); ++i) {
    for (const analysis::MissingProfiles& one : cells[i].causes->frames.missing) {
      const auto same = [&](const analysis::MissingProfiles& other) { return other.command == one.command; };
      if (one.command.empty() || std::any_of(missing.begin(), missing.end(), same)) continue;
      missing.push_back(one);
    }
  }
  return missing;
}

}  // namespace

std::string CausesText(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column) {
  const auto cells = KnownCells(causes, table, column);
  if (cells.empty()) return {};
  std::string text = "\nCauses, by what of them reached the wall time\n";
  for (size_t i = 0; i < std::min(cells.size(), kCellsShown); ++i) {
    const CauseLines lines = LinesOf(*cells[i].causes, Plain);
    text += Wrap("  ", cells[i].row->name + ": " + lines.heading, kWidth);
    for (const std::string& part : lines.parts) text += Wrap("    ", part, kWidth);
    if (!lines.functions_heading.empty()) text += Wrap("    ", lines.functions_heading, kWidth);
    for (const std::string& function : lines.functions) text += Wrap("      ", function, kWidth);
  }
  if (cells.size() > kCellsShown) text += "  " + Hidden(cells.size()) + "\n";
  for (const analysis::MissingProfiles& missing : Missing(cells)) {
    text += Wrap("  ", missing.what + "; to record it:", kWidth) + "    " + missing.command + "\n";
  }
  return text;
}

std::string CausesMarkdown(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column) {
  const auto cells = KnownCells(causes, table, column);
  if (cells.empty()) return {};
  std::string text = "Causes, by what of them reached the wall time:\n\n";
  for (size_t i = 0; i < std::min(cells.size(), kCellsShown); ++i) {
    const CauseLines lines = LinesOf(*cells[i].causes, Bold);
    text += "- " + MarkdownEscaped(cells[i].row->name + ": " + lines.heading) + "\n";
    for (const std::string& part : lines.parts) text += "  - " + part + "\n";
    if (!lines.functions_heading.empty()) text += "  - " + lines.functions_heading + "\n";
    for (const std::string& function : lines.functions) text += "    - " + function + "\n";
  }
  if (cells.size() > kCellsShown) text += "- " + Hidden(cells.size()) + "\n";
  for (const analysis::MissingProfiles& missing : Missing(cells)) {
    text += fmt::format("- {}; to record it: {}\n", MarkdownEscaped(missing.what), MarkdownCode(missing.command));
  }
  return text + "\n";
}

std::vector<std::string> CausesLines(std::span<const CellCauses> causes, const ComparisonRow& row, size_t column) {
  const CellCauses* known = Find(causes, row.cell->row, column);
  if (known == nullptr) return {};
  const CauseLines found = LinesOf(*known, Plain);
  std::vector<std::string> lines = {"causes, by what of them reached the wall time; " + found.heading};
  for (const std::string& part : found.parts) lines.push_back("  " + part);
  if (!found.functions_heading.empty()) lines.push_back(found.functions_heading);
  for (const std::string& function : found.functions) lines.push_back("  " + function);
  return lines;
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

nlohmann::json FunctionsJson(std::span<const CellCauses> causes, const analysis::ComparedCell& cell) {
  const CellCauses* known = Find(causes, cell.row, cell.column);
  if (known == nullptr || !known->frames.changes) return nullptr;
  nlohmann::json list = nlohmann::json::array();
  for (const analysis::FrameChange& frame : analysis::GrownFrames(*known->frames.changes, kCausesShown)) {
    list.push_back(ToJson(frame));
  }
  return list;
}

}  // namespace rapidbyte::report
