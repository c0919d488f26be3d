#include "report/exploration_text.h"

#include <algorithm>

#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr size_t kWidth = 80;

struct Line {
  std::string name, before, after, change, interval;
};

Line LineOf(const analysis::ExploredMetric& metric) {
  const analysis::ComparedCell& cell = metric.cell;
  Line line{metric.rule.name, FormatValue(cell.before.median, metric.rule.unit),
            FormatValue(cell.after.median, metric.rule.unit), "–", ""};
  if (const auto& ratio = cell.decision.ratio) {
    line.change = FormatChange(ratio->estimate);
    if (ratio->interval) line.interval = FormatInterval(*ratio->interval);
  }
  return line;
}

std::string Table(const std::vector<Line>& lines) {
  size_t name = 0, before = 0, after = 0, change = 0, interval = 0;
  for (const Line& line : lines) {
    name = std::max(name, DisplayWidth(line.name));
    before = std::max(before, DisplayWidth(line.before));
    after = std::max(after, DisplayWidth(line.after));
    change = std::max(change, DisplayWidth(line.change));
    interval = std::max(interval, DisplayWidth(line.interval));
  }
  std::string text;
  for (const Line& line : lines) {
    std::string row = "  " + PadRight(line.name, name) + "  " + PadLeft(line.before, before) + "  " +
                      PadLeft(line.after, after) + "  " + PadLeft(line.change, change) + "  " +
                      PadLeft(line.interval, interval);
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace

std::string ExplorationText(std::span<const analysis::ExploredCell> cells) {
  std::vector<record::CellKey> keys;
  for (const analysis::ExploredCell& cell : cells) keys.push_back(cell.row);
  const std::vector<std::string> varying = DivideParameters(keys).varying;
  std::string text;
  for (const analysis::ExploredCell& cell : cells) {
    if (cell.metrics.empty()) continue;
    std::vector<Line> lines;
    for (const analysis::ExploredMetric& metric : cell.metrics) lines.push_back(LineOf(metric));
    text += CellName(cell.row, varying) + "\n" + Table(lines);
  }
  if (text.empty()) return {};
  return Wrap("", "Exploratory: other metrics with their 95% intervals, each alone; nothing is decided by them.",
              kWidth) +
         text;
}

}  // namespace rapidbyte::report
