#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/format.h"
#include "base/printable.h"
#include "report/command_report.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using stats::Verdict;

constexpr size_t kWidth = 80;
constexpr size_t kNameWidth = 34;  // of a table's first column at most

// A range in one unit: "20.6 to 21.4 ms".
std::string Range(const stats::Summary& summary, const std::string& unit, const CommandNotes& notes) {
  return fmt::format("{} to {}", CommandValue(summary.min, unit, notes), CommandValue(summary.max, unit, notes));
}

struct Row {
  std::string label, value, range;
};

Row MetricRow(const CommandNumbers& numbers, const std::string& label, const std::string& metric,
              const std::string& unit, const CommandNotes& notes) {
  const stats::Summary summary = numbers.Of(metric);
  if (summary.n == 0) return {label, "–", ""};
  return {label, CommandValue(summary.median, unit, notes), Range(summary, unit, notes)};
}

// The mean: the kernel counts such time in ticks, of which a short run has none or one.
Row MeanRow(const CommandNumbers& numbers, const std::string& label, const std::string& metric,
            const CommandNotes& notes) {
  double sum = 0;
  for (const record::Sample* run : numbers.runs) sum += record::MetricOf(*run, metric).value_or(0);
  return {label, CommandValue(sum / static_cast<double>(numbers.runs.size()), "s", notes), "mean"};
}

// Processes of the same time had more memory than the largest of them and a shell that waits for it.
bool IsOfSeveralProcesses(const CommandNumbers& numbers) {
  constexpr double kShellBytes = 4e6;
  return numbers.Of("tree_rss").median > numbers.Of("max_rss").median + kShellBytes;
}

std::vector<Row> RowsOf(const CommandAnalysis& analysis, const CommandNumbers& numbers, const CommandNotes& notes) {
  std::vector<Row> rows = {
      MetricRow(numbers, "wall time", "wall", "s", notes), MeanRow(numbers, "user time", "user", notes),
      MeanRow(numbers, "system time", "system", notes), MetricRow(numbers, "peak memory", "max_rss", "bytes", notes)};
  if (IsOfSeveralProcesses(numbers)) {
    rows[3].label = "peak memory, process";
    rows.push_back(MetricRow(numbers, "peak memory, tree", "tree_rss", "bytes", notes));
  }
  for (const analysis::MetricRule& rule : analysis.question.metrics) {
    rows.push_back(MetricRow(numbers, rule.name, rule.name, rule.unit, notes));
  }
  const size_t runs = numbers.runs.size();
  rows[0].range += fmt::format(", {} {}", runs, runs == 1 ? "run" : "runs");
  return rows;
}

std::string Heading(const std::string& name, bool bold) {
  const std::string line = Printable(name);
  return bold ? std::string(kBold) + line + std::string(kPlain) + "\n" : line + "\n";
}

std::string Block(const CommandAnalysis& analysis, const CommandNumbers& numbers, const CommandNotes& notes) {
  std::string text = Heading(numbers.command.name, notes.bold);
  if (numbers.runs.empty()) return text + "  no successful run\n";
  const std::vector<Row> rows = RowsOf(analysis, numbers, notes);
  size_t label = 0;
  size_t value = 0;
  for (const Row& row : rows) {
    label = std::max(label, DisplayWidth(row.label));
    value = std::max(value, DisplayWidth(row.value));
  }
  for (const Row& row : rows) {
    text += "  " + PadRight(row.label, label) + "  " + PadLeft(row.value, value);
    text += row.range.empty() ? "\n" : "   " + row.range + "\n";
  }
  return text;
}

const char* VerdictWord(const CommandNumbers& numbers, bool is_reference, bool is_time) {
  if (is_reference) return "reference";
  if (!numbers.decision) return "no runs";
  if (numbers.decision->obstacle == stats::Obstacle::kNoRatio) return "no ratio";
  switch (numbers.decision->verdict) {
    case Verdict::kImproved:
      return is_time ? "faster" : "better";
    case Verdict::kRegressed:
      return is_time ? "slower" : "worse";
    case Verdict::kUnchanged:
      return "the same";
    case Verdict::kInconclusive:
      break;
  }
  return "undecided";
}

struct Line {
  std::string name, median, times, interval, verdict;
};

Line LineOf(const CommandAnalysis& analysis, size_t index, const CommandNotes& notes) {
  const CommandNumbers& numbers = analysis.commands[index];
  const bool is_reference = index == analysis.reference;
  Line line;
  line.name = Printable(numbers.command.name);
  const std::string& unit = analysis.question.primary.unit;
  line.median = numbers.primary.n == 0 ? "–" : CommandValue(numbers.primary.median, unit, notes);
  line.verdict = VerdictWord(numbers, is_reference, analysis.question.primary.name == "wall");
  if (is_reference) line.times = "1";
  if (numbers.decision && numbers.decision->ratio) {
    line.times = FormatDigits(numbers.decision->ratio->estimate);
    if (const auto& interval = numbers.decision->ratio->interval) {
      line.interval = FormatDigits(interval->lower) + " to " + FormatDigits(interval->upper);
    }
  }
  return line;
}

std::string Render(const std::vector<Line>& lines) {
  size_t name = 0, median = 0, times = 0, interval = 0;
  for (const Line& line : lines) {
    if (DisplayWidth(line.name) <= kNameWidth) name = std::max(name, DisplayWidth(line.name));
    median = std::max(median, DisplayWidth(line.median));
    times = std::max(times, DisplayWidth(line.times));
    interval = std::max(interval, DisplayWidth(line.interval));
  }
  std::string text;
  for (const Line& line : lines) {
    const bool own_line = DisplayWidth(line.name) > name;
    text += own_line ? "  " + line.name + "\n" + std::string(name + 2, ' ') : "  " + PadRight(line.name, name);
    text += "  " + PadLeft(line.median, median) + "  " + PadLeft(line.times, times) + "  " +
            PadLeft(line.interval, interval) + "  " + line.verdict;
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

std::string Table(const CommandAnalysis& analysis, const std::vector<size_t>& order, const CommandNotes& notes) {
  std::vector<Line> lines = {{"command", "median", "ratio", "95% interval", ""}};
  size_t family = 1;
  for (const size_t index : order) {
    lines.push_back(LineOf(analysis, index, notes));
    if (const auto& decision = analysis.commands[index].decision) family = decision->family;
  }
  const std::string reference = QuotedCommand(analysis.commands[analysis.reference].command.name);
  const bool is_chosen = !analysis.question.has_reference && !analysis.question.stopping;
  const bool is_wall = analysis.question.primary.name == "wall";
  std::string text = Wrap("",
                          fmt::format("{} relative to {}{}, {} blocks:", analysis.question.primary.name, reference,
                                      !is_chosen ? ""
                                      : is_wall  ? ", the fastest"
                                                 : ", the best",
                                      analysis.blocks),
                          kWidth);
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  text += Render(lines);
  const bool lacks_ratio = std::any_of(analysis.commands.begin(), analysis.commands.end(), [](const auto& command) {
    return command.decision && command.decision->obstacle == stats::Obstacle::kNoRatio;
  });
  if (lacks_ratio) text += Wrap("", "No ratio where " + NoRatioReason(analysis.question.primary) + ".", kWidth);
  return text + Wrap("",
                     fmt::format("Verdicts are corrected for {} comparisons (Holm), the intervals are not.", family),
                     kWidth);
}

std::vector<size_t> AsGiven(const CommandAnalysis& analysis) {
  std::vector<size_t> order(analysis.commands.size());
  std::iota(order.begin(), order.end(), size_t{0});
  return order;
}

}  // namespace

std::string CommandText(const CommandAnalysis& analysis, const CommandNotes& notes) {
  const bool by_median = notes.order == CommandOrder::kMedian;
  std::string text;
  for (const size_t index : by_median ? ByMedian(analysis) : AsGiven(analysis)) {
    text += Block(analysis, analysis.commands[index], notes) + "\n";
  }
  if (!analysis.HasRuns()) return text + "No run succeeded: there is nothing to report.\n";
  if (analysis.commands.size() > 2) {
    const bool as_given = notes.order == CommandOrder::kCommand;
    text += Table(analysis, as_given ? AsGiven(analysis) : ByMedian(analysis), notes);
  } else if (analysis.commands.size() == 2) {
    text += Wrap("", CommandSentence(analysis, 1 - analysis.reference), kWidth);
  }
  std::vector<std::string> warnings = notes.warnings;
  for (std::string& warning : CommandWarnings(analysis)) warnings.push_back(std::move(warning));
  if (warnings.empty()) {
    if (analysis.commands.size() == 1) text.pop_back();
    return text;
  }
  if (analysis.commands.size() > 1) text += "\n";
  for (const std::string& warning : warnings) text += Wrap("warning: ", warning, kWidth);
  return text;
}

}  // namespace rapidbyte::report
