#include <fmt/format.h>

#include <algorithm>

#include "report/comparison_causes.h"
#include "report/comparison_report.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr size_t kWidth = 80;
constexpr size_t kMissingShown = 4;
constexpr size_t kLongestName = 24;  // longer ones stand on a line of their own

// Numbers footnotes as they appear; equal texts share a number.
class Footnotes {
 public:
  std::string Mark(const std::string& text) {
    if (text.empty()) return {};
    auto known = std::find(texts_.begin(), texts_.end(), text);
    if (known == texts_.end()) known = texts_.insert(texts_.end(), text);
    return fmt::format(" [{}]", known - texts_.begin() + 1);
  }
  std::string Text() const {
    std::string text;
    for (size_t i = 0; i < texts_.size(); ++i) text += Wrap(fmt::format("[{}] ", i + 1), texts_[i], kWidth);
    return text;
  }

 private:
  std::vector<std::string> texts_;
};

struct Line {
  std::string name, before, after, change, interval, verdict;
};

struct Widths {  // at least those of the headings and of "geometric mean"
  size_t name = 14, before = 6, after = 5, change = 6, interval = 12;
};

Widths WidthsOf(const std::vector<Line>& lines) {
  Widths widths;
  for (const Line& line : lines) {
    const size_t name = DisplayWidth(line.name);
    if (name <= kLongestName) widths.name = std::max(widths.name, name);
    widths.before = std::max(widths.before, DisplayWidth(line.before));
    widths.after = std::max(widths.after, DisplayWidth(line.after));
    widths.change = std::max(widths.change, DisplayWidth(line.change));
    widths.interval = std::max(widths.interval, DisplayWidth(line.interval));
  }
  return widths;
}

std::string Render(const Line& line, const Widths& widths) {
  const bool own_line = DisplayWidth(line.name) > widths.name;
  std::string text = own_line ? line.name + "\n" + std::string(widths.name, ' ') : PadRight(line.name, widths.name);
  text += "  " + PadLeft(line.before, widths.before) + "  " + PadLeft(line.after, widths.after) + "  " +
          PadLeft(line.change, widths.change) + "  " + PadLeft(line.interval, widths.interval) + "  " + line.verdict;
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

std::string Design(const analysis::Comparison& comparison) {
  const auto paired = std::count_if(comparison.cells.begin(), comparison.cells.end(),
                                    [](const auto& cell) { return cell.decision.design == stats::Design::kPaired; });
  if (static_cast<size_t>(paired) == comparison.cells.size()) return "paired by block";
  return paired == 0 ? "run by run, not interleaved" : "paired by block where interleaved, else run by run";
}

std::string Heading(const analysis::Comparison& comparison, const ComparisonNotes& notes, size_t column,
                    const ComparisonTable& table) {
  std::string text =
      Wrap("before  ", notes.column_names[0], kWidth) + Wrap("after   ", notes.column_names[column], kWidth);
  std::string constant;
  for (const auto& [name, value] : table.constant) constant += (constant.empty() ? "" : ", ") + name + " " + value;
  if (!constant.empty()) text += Wrap("where   ", constant, kWidth);
  const size_t cells = table.rows.size();
  return text + Wrap("metric  ",
                     fmt::format("{}, medians of {} {}, {}", Joined(comparison.Metrics()), cells,
                                 cells == 1 ? "cell" : "cells", Design(comparison)),
                     kWidth);
}

std::string Reasons(const ComparisonTable& table) {
  std::string text = "\nWhy\n";
  for (const ComparisonRow& row : table.rows) {
    text += Wrap("  ", row.name + ": " + stats::VerdictName(row.cell->decision.verdict), kWidth);
    for (const std::string& reason : stats::Explain(row.cell->decision)) text += Wrap("    ", reason, kWidth);
  }
  return text;
}

std::string NameHeading(const ComparisonTable& table) {
  std::string name;
  for (const std::string& parameter : table.varying) name += (name.empty() ? "" : "/") + parameter;
  return name.empty() ? "cell" : name;
}

std::string Section(const analysis::Comparison& comparison, const ComparisonNotes& notes, size_t column) {
  const ComparisonTable table = TableOf(comparison, column);
  Footnotes footnotes;
  std::vector<Line> lines;
  for (const ComparisonRow& row : table.rows) {
    lines.push_back(
        {row.name, row.before, row.after, row.change, row.interval, row.verdict + footnotes.Mark(row.footnote)});
  }
  const Widths widths = WidthsOf(lines);
  std::string text = Heading(comparison, notes, column, table) + "\n" +
                     Render({NameHeading(table), "before", "after", "change", "95% interval", "verdict"}, widths);
  for (const Line& line : lines) text += Render(line, widths);
  if (const stats::GeometricMean mean = comparison.Mean(column); mean.n > 1 && comparison.Metrics().size() == 1) {
    text += Render({"geometric mean", "", "", FormatChange(mean.ratio), "", ""}, widths);
  }
  if (const std::string notes_text = footnotes.Text(); !notes_text.empty()) text += "\n" + notes_text;
  text += CausesText(notes.causes, table, column);
  if (notes.why) text += Reasons(table);
  return text;
}

std::string Missing(const std::vector<record::CellKey>& rows, const char* side) {
  if (rows.empty()) return {};
  const std::vector<std::string> varying = DivideParameters(rows).varying;
  std::string names;
  for (size_t i = 0; i < std::min(rows.size(), kMissingShown); ++i) {
    names += (i == 0 ? ": " : ", ") + (rows.size() == 1 ? record::Label(rows[i]) : CellName(rows[i], varying));
  }
  if (rows.size() > kMissingShown) names += ", …";
  return Wrap("", fmt::format("only {}, {} {}{}", side, rows.size(), rows.size() == 1 ? "cell" : "cells", names),
              kWidth);
}

}  // namespace

std::string CountsSentence(const analysis::Comparison& comparison) {
  std::string text;
  for (const stats::Verdict verdict : {stats::Verdict::kRegressed, stats::Verdict::kImproved,
                                       stats::Verdict::kUnchanged, stats::Verdict::kInconclusive}) {
    const size_t count = comparison.Count(verdict);
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, stats::VerdictName(verdict));
  }
  return text;
}

std::string ComparisonText(const analysis::Comparison& comparison, const ComparisonNotes& notes) {
  std::string text;
  for (size_t column = 1; column < comparison.columns.size(); ++column) {
    text += (column > 1 ? "\n" : "") + Section(comparison, notes, column);
  }
  text += "\n" + Missing(comparison.only_before, "before") + Missing(comparison.only_after, "after");
  for (const std::string& warning : notes.warnings) text += Wrap("warning: ", warning, kWidth);
  return text + CountsSentence(comparison) + ".\n";
}

}  // namespace rapidbyte::report
