#include "report/bench_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

// 16 + 2 * (10 + 11) + 7 + 15 = 80 columns.
constexpr size_t kLabelWidth = 16;
constexpr size_t kMedianWidth = 10;
constexpr size_t kRangeWidth = 11;
constexpr size_t kRatioWidth = 7;
constexpr size_t kIntervalWidth = 15;

// 14 + 2 * (7 + 9 + 8 + 9) = 80 columns.
constexpr size_t kFunctionWidth = 14;
constexpr size_t kCountWidth = 7;
constexpr size_t kTotalWidth = 9;
constexpr size_t kWorkWidth = 8;
constexpr size_t kWaitWidth = 9;

constexpr double kMillisPerSecond = 1e3;

std::string EndLine(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

Unit UnitFor(Quantity quantity, double value) {
  switch (quantity) {
    case Quantity::kSeconds:
      return DurationUnit(value);
    case Quantity::kBytes:
    case Quantity::kBytesPerSecond:
      return BytesUnit(value);
    case Quantity::kCount:
    case Quantity::kRowsPerSecond:
      return CountUnit(value);
  }
  return {};
}

std::string MedianText(const Metric& metric, double median, const Unit& unit) {
  const std::string digits = FormatDigits(median * unit.factor);
  switch (metric.quantity) {
    case Quantity::kRowsPerSecond:
      return fmt::format("{}{}/s", digits, unit.name);
    case Quantity::kBytesPerSecond:
      return fmt::format("{} {}/s", digits, unit.name);
    default:
      return fmt::format("{} {}", digits, unit.name);
  }
}

size_t Decimals(const std::string& digits) {
  const size_t point = digits.find('.');
  return point == std::string::npos ? 0 : digits.size() - point - 1;
}

// In the median's unit, and with no more decimals than the median has.
std::string RangeEnd(double value, size_t decimals) {
  const std::string digits = FormatDigits(value);
  return Decimals(digits) <= decimals ? digits : fmt::format("{:.{}f}", value, decimals);
}

std::string CellColumns(const Metric& metric, const stats::Summary& summary) {
  if (summary.n == 0) return PadLeft("–", kMedianWidth) + PadLeft("", kRangeWidth);
  const Unit unit = UnitFor(metric.quantity, summary.median == 0 ? summary.max : summary.median);
  const size_t decimals = Decimals(FormatDigits((summary.median == 0 ? summary.max : summary.median) * unit.factor));
  const std::string range = summary.max == 0 ? ""
                                             : RangeEnd(summary.min * unit.factor, decimals) + "–" +
                                                   RangeEnd(summary.max * unit.factor, decimals);
  return PadLeft(MedianText(metric, summary.median, unit), kMedianWidth) + PadLeft(range, kRangeWidth);
}

// At most six columns, also for the very small.
std::string RatioText(double ratio) { return ratio < 0.01 ? fmt::format("{:.4f}", ratio) : FormatDigits(ratio); }

std::string RatioColumns(const std::optional<stats::PairedRatio>& ratio) {
  if (!ratio) return PadLeft("–", kRatioWidth);
  const std::string interval = ratio->interval
                                   ? RatioText(ratio->interval->lower) + "–" + RatioText(ratio->interval->upper)
                                   : fmt::format("needs {} blocks", stats::kMinPairsForInterval);
  return PadLeft(RatioText(ratio->estimate), kRatioWidth) + PadLeft(interval, kIntervalWidth);
}

std::string TableHead(const BenchAnalysis& analysis, const std::vector<size_t>& cells) {
  std::string names(kLabelWidth, ' ');
  std::string columns(kLabelWidth, ' ');
  for (const size_t cell : cells) {
    names += PadLeft(analysis.cells[cell].name, kMedianWidth + kRangeWidth);
    columns += PadLeft("median", kMedianWidth) + PadLeft("min–max", kRangeWidth);
  }
  if (cells.size() == 2) {
    std::string title = analysis.cells[cells[1]].name + " / " + analysis.cells[cells[0]].name;
    if (DisplayWidth(title) >= kRatioWidth + kIntervalWidth) title = "second / first";
    names += PadLeft(title, kRatioWidth + kIntervalWidth);
    columns += PadLeft("ratio", kRatioWidth) + PadLeft("95% interval", kIntervalWidth);
  }
  return EndLine(names) + EndLine(columns);
}

bool HasValues(const MetricRow& row, const std::vector<size_t>& cells) {
  return std::any_of(cells.begin(), cells.end(), [&](size_t cell) { return row.cells[cell].n > 0; });
}

std::string RenderMetricTable(const BenchAnalysis& analysis, const std::vector<size_t>& cells) {
  std::string text = TableHead(analysis, cells);
  std::string_view group;
  for (const MetricRow& row : analysis.metrics) {
    if (!HasValues(row, cells)) continue;
    if (row.metric.group != group) text += row.metric.group + "\n";
    group = row.metric.group;
    std::string line = PadRight("  " + row.metric.label, kLabelWidth);
    for (const size_t cell : cells) line += CellColumns(row.metric, row.cells[cell]);
    if (cells.size() == 2) line += RatioColumns(row.ratios[cells[1]]);
    text += EndLine(line);
  }
  return text;
}

std::string Millis(const MetricRow& row, size_t cell) {
  if (row.cells[cell].n == 0) return "–";
  const double millis = row.cells[cell].median * kMillisPerSecond;
  return millis > 0 && millis < 0.01 ? fmt::format("{:.4f}", millis) : FormatDigits(millis);  // to 0.1 µs
}

std::string FunctionColumns(const HostFunctionRow& row, size_t cell) {
  const stats::Summary& count = row.measures[0].cells[cell];
  const std::string calls = count.n == 0 ? "–" : fmt::format("{:.0f}", std::round(count.median));
  return PadLeft(calls, kCountWidth) + PadLeft(Millis(row.measures[1], cell), kTotalWidth) +
         PadLeft(Millis(row.measures[2], cell), kWorkWidth) + PadLeft(Millis(row.measures[3], cell), kWaitWidth);
}

std::string FunctionHead(const BenchAnalysis& analysis, const std::vector<size_t>& cells) {
  std::string names(kFunctionWidth, ' ');
  std::string columns(kFunctionWidth, ' ');
  for (const size_t cell : cells) {
    names += PadLeft(analysis.cells[cell].name, kCountWidth + kTotalWidth + kWorkWidth + kWaitWidth);
    columns += PadLeft("calls", kCountWidth) + PadLeft("total", kTotalWidth) + PadLeft("work", kWorkWidth) +
               PadLeft("wait", kWaitWidth);
  }
  return EndLine(names) + EndLine(columns);
}

}  // namespace

std::string MetricTable(const BenchAnalysis& analysis) { return RenderMetricTable(analysis, {0}); }

std::string MetricTable(const BenchAnalysis& analysis, size_t other) { return RenderMetricTable(analysis, {0, other}); }

std::string HostFunctionTable(const BenchAnalysis& analysis, const std::vector<size_t>& cells) {
  std::string text = FunctionHead(analysis, cells);
  std::string_view side;
  for (const HostFunctionRow& row : analysis.host_functions) {
    if (row.side != side) text += row.side == "source" ? "Source\n" : "Destination\n";
    side = row.side;
    std::string line = PadRight("  " + row.function, kFunctionWidth);
    for (const size_t cell : cells) line += FunctionColumns(row, cell);
    text += EndLine(line);
  }
  return text;
}

}  // namespace rapidbyte::report
