#include "report/bench_analysis.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/check.h"
#include "base/json.h"

namespace rapidbyte::report {
namespace {

using record::Campaign;
using record::Outcome;
using record::Sample;

bool HasBothRuntimes(std::span<const Sample> samples) {
  return std::any_of(samples.begin(), samples.end(),
                     [&](const Sample& s) { return record::IsAot(s.cell) != record::IsAot(samples.front().cell); });
}

// The place of a mode in the campaign's own list; modes that are not in it come last.
size_t PlaceOf(const std::string& mode, const Campaign& campaign) {
  const nlohmann::json& methods = JsonList(JsonMember(campaign.settings, "values"), "load_method");
  return static_cast<size_t>(std::find(methods.begin(), methods.end(), mode) - methods.begin());
}

Cell& CellOf(const Sample& sample, bool name_runtime, std::vector<Cell>& cells) {
  const std::string mode = record::ModeOf(sample.cell);
  const bool aot = record::IsAot(sample.cell);
  for (Cell& cell : cells) {
    if (cell.mode == mode && cell.aot == aot) return cell;
  }
  return cells.emplace_back(Cell{CellName(sample, name_runtime), mode, aot, {}});
}

std::vector<Cell> MakeCells(const Campaign& campaign, std::span<const Sample> samples) {
  const bool name_runtime = HasBothRuntimes(samples);
  std::vector<Cell> cells;
  for (const Sample& sample : samples) {
    Cell& cell = CellOf(sample, name_runtime, cells);
    if (!sample.warmup && sample.outcome == Outcome::kOk) cell.runs.emplace(sample.block, &sample);
  }
  std::stable_sort(cells.begin(), cells.end(),
                   [&](const Cell& a, const Cell& b) { return PlaceOf(a.mode, campaign) < PlaceOf(b.mode, campaign); });
  return cells;
}

stats::Summary SummarizeCell(const Metric& metric, const Cell& cell) {
  std::vector<double> values;
  for (const auto& [block, sample] : cell.runs) {
    if (const auto value = ValueOf(metric, *sample)) values.push_back(*value);
  }
  return stats::Summarize(std::move(values));
}

std::optional<stats::PairedRatio> CompareCells(const Metric& metric, const Cell& cell, const Cell& baseline) {
  std::vector<double> numerator, denominator;
  for (const auto& [block, sample] : cell.runs) {
    const auto other = baseline.runs.find(block);
    if (other == baseline.runs.end()) continue;
    const auto value = ValueOf(metric, *sample);
    const auto base = ValueOf(metric, *other->second);
    if (!value || !base) continue;
    numerator.push_back(*value);
    denominator.push_back(*base);
  }
  return stats::ComparePairs(numerator, denominator);
}

MetricRow MakeRow(const Metric& metric, const std::vector<Cell>& cells) {
  MetricRow row{metric, {}, {}};
  for (const Cell& cell : cells) {
    row.cells.push_back(SummarizeCell(metric, cell));
    row.ratios.push_back(&cell == &cells.front() ? std::nullopt : CompareCells(metric, cell, cells.front()));
  }
  return row;
}

HostFunctionRow MakeHostFunctionRow(const HostFunctionMetrics& function, const std::vector<Cell>& cells) {
  HostFunctionRow row{function.side, function.function, {}};
  for (const Metric& metric : function.metrics) row.measures.push_back(MakeRow(metric, cells));
  return row;
}

void AddOutliers(size_t cell, BenchAnalysis& analysis) {
  const stats::Summary& wall = analysis.Primary().cells[cell];
  const auto& runs = analysis.cells[cell].runs;
  const auto fences = stats::FarOutFences(wall);
  if (!fences) return;
  for (const auto& [block, sample] : runs) {
    const bool is_far_out = sample->wall_secs > fences->upper || sample->wall_secs < fences->lower;
    if (is_far_out) analysis.outliers.push_back({cell, sample, wall.median, block == runs.begin()->first});
  }
}

}  // namespace

std::string CellName(const Sample& sample, bool name_runtime) {
  std::string name = record::ModeOf(sample.cell);
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (name_runtime) name += record::IsAot(sample.cell) ? " aot" : " native";
  return name;
}

std::string SampleId(const Sample& sample) {
  return sample.campaign_id + "/" + std::to_string(sample.block) + "/" + std::to_string(sample.position);
}

const MetricRow& BenchAnalysis::Find(std::string_view key) const {
  const auto row =
      std::find_if(metrics.begin(), metrics.end(), [&](const MetricRow& r) { return r.metric.key == key; });
  RB_CHECK(row != metrics.end());
  return *row;
}

BenchAnalysis Analyze(const Campaign& campaign, std::span<const Sample> samples) {
  BenchAnalysis analysis;
  analysis.cells = MakeCells(campaign, samples);
  if (!samples.empty()) analysis.rows = record::RowsOf(samples.front().cell).value_or(0);
  std::set<uint32_t> blocks, warmup_blocks;
  for (const Sample& sample : samples) {
    (sample.warmup ? warmup_blocks : blocks).insert(sample.block);
    if (sample.outcome != Outcome::kOk) analysis.failures.push_back(&sample);
  }
  analysis.blocks = blocks.size();
  analysis.warmup_blocks = static_cast<uint32_t>(warmup_blocks.size());
  for (const Metric& metric : TableMetrics()) analysis.metrics.push_back(MakeRow(metric, analysis.cells));
  for (const HostFunctionMetrics& function : HostFunctionsOf(samples)) {
    analysis.host_functions.push_back(MakeHostFunctionRow(function, analysis.cells));
  }
  for (size_t cell = 0; cell < analysis.cells.size(); ++cell) AddOutliers(cell, analysis);
  return analysis;
}

}  // namespace rapidbyte::report
