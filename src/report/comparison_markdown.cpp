#include <fmt/format.h>

#include "report/comparison_causes.h"
#include "report/comparison_report.h"
#include "report/comparison_table.h"
#include "report/markdown.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

std::string Head(const ComparisonTable& table) {
  std::string name;
  for (const std::string& parameter : table.varying) name += (name.empty() ? "" : "/") + parameter;
  return "| " + MarkdownEscaped(name.empty() ? "cell" : name) +
         " | before | after | change | 95% interval | verdict |\n| --- | ---: | ---: | ---: | :---: | --- |\n";
}

std::string Row(const ComparisonRow& row) {
  const bool changed = stats::IsChange(row.cell->decision.verdict);
  const std::string verdict = row.verdict + (row.footnote.empty() ? "" : " (" + row.footnote + ")");
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", MarkdownEscaped(row.name), row.before, row.after, row.change,
                     row.interval, changed ? "**" + verdict + "**" : MarkdownEscaped(verdict));
}

std::string Section(const analysis::Comparison& comparison, const ComparisonNotes& notes, size_t column) {
  const ComparisonTable table = TableOf(comparison, column);
  std::string changed;
  std::string others;
  size_t folded = 0;
  for (const ComparisonRow& row : table.rows) {
    const bool is_change = stats::IsChange(row.cell->decision.verdict);
    (is_change ? changed : others) += Row(row);
    folded += is_change ? 0 : 1;
  }
  std::string text = fmt::format("{} against {}, {}", MarkdownCode(notes.column_names[column]),
                                 MarkdownCode(notes.column_names[0]), MarkdownEscaped(Joined(comparison.Metrics())));
  for (const auto& [name, value] : table.constant) text += ", " + MarkdownEscaped(name + " " + value);
  text += "\n\n";
  if (!changed.empty()) text += Head(table) + changed + "\n";
  text += CausesMarkdown(notes.causes, table, column);
  if (!others.empty()) {
    text += fmt::format("<details><summary>{} without a change</summary>\n\n{}{}\n</details>\n\n", folded, Head(table),
                        others);
  }
  if (const stats::GeometricMean mean = comparison.Mean(column); mean.n > 1 && comparison.Metrics().size() == 1) {
    text += fmt::format("Geometric mean of {} cells: {}\n\n", mean.n, FormatChange(mean.ratio));
  }
  return text;
}

}  // namespace

std::string ComparisonMarkdown(const analysis::Comparison& comparison, const ComparisonNotes& notes) {
  std::string text = "### Benchmark: " + CountsSentence(comparison) + "\n\n";
  for (size_t column = 1; column < comparison.columns.size(); ++column) text += Section(comparison, notes, column);
  for (const std::string& warning : notes.warnings) text += "> **Warning:** " + MarkdownEscaped(warning) + "\n\n";
  return text;
}

}  // namespace rapidbyte::report
