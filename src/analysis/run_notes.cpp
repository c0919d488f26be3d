#include "analysis/run_notes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "stats/trend.h"

namespace rapidbyte::analysis {
namespace {

using record::Sample;

constexpr double kTrendLevel = 0.01;
constexpr size_t kFewFailures = 2;
constexpr double kManyFailed = 0.2;

struct Run {
  const Sample* sample = nullptr;
  double value = 0;
};

struct CellRuns {
  std::map<uint32_t, Run> good;  // by block
  size_t failed = 0;
  size_t runs = 0;
  stats::Summary summary;
};

// The cells of different builds are different cells.
using Cells = std::map<std::pair<record::CellKey, std::string>, CellRuns>;

Cells CellsOf(std::span<const Sample> samples, const std::string& metric) {
  Cells cells;
  for (const Sample& sample : samples) {
    if (sample.warmup) continue;
    CellRuns& cell = cells[{sample.cell, sample.build}];
    ++cell.runs;
    cell.failed += sample.outcome != record::Outcome::kOk;
    const auto value = sample.Counts() ? record::MetricOf(sample, metric) : std::nullopt;
    if (value) cell.good[sample.block] = {&sample, *value};
  }
  for (auto& [key, cell] : cells) {
    std::vector<double> values;
    for (const auto& [block, run] : cell.good) values.push_back(run.value);
    cell.summary = stats::Summarize(std::move(values));
  }
  return cells;
}

void AddOutliers(const CellRuns& cell, std::vector<OutlierRun>& outliers) {
  const auto fences = stats::FarOutFences(cell.summary);
  if (!fences) return;
  for (const auto& [block, run] : cell.good) {
    if (run.value >= fences->lower && run.value <= fences->upper) continue;
    outliers.push_back({run.sample, run.value, cell.summary.median, block == cell.good.begin()->first});
  }
}

std::map<uint32_t, double> BlockResiduals(const Cells& cells) {
  std::map<uint32_t, std::vector<double>> by_block;
  for (const auto& [key, cell] : cells) {
    if (cell.summary.n == 0 || !(cell.summary.min > 0)) continue;
    for (const auto& [block, run] : cell.good) by_block[block].push_back(std::log(run.value / cell.summary.median));
  }
  std::map<uint32_t, double> residuals;
  for (auto& [block, values] : by_block) residuals[block] = stats::Summarize(std::move(values)).median;
  return residuals;
}

std::optional<double> SlowStart(const std::map<uint32_t, double>& residuals, stats::Direction direction) {
  if (residuals.empty()) return std::nullopt;
  std::vector<double> others;
  for (auto block = std::next(residuals.begin()); block != residuals.end(); ++block) {
    others.push_back(std::exp(block->second));
  }
  const stats::Summary summary = stats::Summarize(std::move(others));
  const auto fences = stats::FarOutFences(summary);
  const double first = std::exp(residuals.begin()->second);
  if (!fences) return std::nullopt;
  const bool is_bad = direction == stats::Direction::kLowerIsBetter ? first > fences->upper : first < fences->lower;
  if (!is_bad) return std::nullopt;
  return first / summary.median;
}

std::optional<RunTrend> TrendOf(const std::map<uint32_t, double>& residuals) {
  std::vector<double> places, values;
  for (const auto& [block, residual] : residuals) {
    places.push_back(block);
    values.push_back(residual);
  }
  const auto trend = stats::FindTrend(places, values);
  if (!trend || trend->p_value > kTrendLevel) return std::nullopt;
  return RunTrend{std::exp(trend->slope * (places.back() - places.front())), trend->p_value, places.size()};
}

}  // namespace

RunNotes NotesOfRun(std::span<const Sample> samples, const MetricRule& rule) {
  RunNotes notes;
  notes.rule = rule;
  const Cells cells = CellsOf(samples, rule.name);
  for (const auto& [key, cell] : cells) {
    AddOutliers(cell, notes.outliers);
    const bool many = static_cast<double>(cell.failed) >= kManyFailed * static_cast<double>(cell.runs);
    if (cell.failed >= kFewFailures && many) notes.failing.push_back({key.first, cell.failed, cell.runs});
  }
  const std::map<uint32_t, double> residuals = BlockResiduals(cells);
  notes.slow_start = SlowStart(residuals, rule.direction);
  notes.trend = TrendOf(residuals);
  return notes;
}

}  // namespace rapidbyte::analysis
