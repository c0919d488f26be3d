#include "report/command_analysis.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace rapidbyte::report {
namespace {

using record::Sample;

// As in the report of load methods (bench_analysis.cpp): a run is far out beyond three interquartile ranges.
constexpr double kFarOut = 3;
constexpr size_t kMinRunsForOutliers = 6;
constexpr double kSmallestRelativeRange = 0.01;

void FindOutliers(CommandNumbers& numbers) {
  std::vector<double> walls;
  for (const Sample* run : numbers.runs) walls.push_back(run->wall_secs);
  const stats::Summary wall = stats::Summarize(std::move(walls));
  if (wall.n < kMinRunsForOutliers) return;
  const double range = std::max(wall.upper_quartile - wall.lower_quartile, kSmallestRelativeRange * wall.median);
  for (const Sample* run : numbers.runs) {
    const bool is_slow = run->wall_secs > wall.upper_quartile + kFarOut * range;
    if (is_slow && run == numbers.runs.front()) numbers.slow_start = true;
    if (is_slow || run->wall_secs < wall.lower_quartile - kFarOut * range) numbers.outliers.push_back(run);
  }
}

CommandNumbers NumbersOf(const CommandName& command, const std::string& primary, std::span<const Sample> samples) {
  CommandNumbers numbers;
  numbers.command = command;
  for (const Sample& sample : samples) {
    if (!sample.Counts() || sample.cell != command.key) continue;
    numbers.runs.push_back(&sample);
    numbers.nonzero_exits += sample.exit_code != 0 ? 1 : 0;
  }
  std::sort(numbers.runs.begin(), numbers.runs.end(),
            [](const Sample* a, const Sample* b) { return a->block < b->block; });
  numbers.primary = numbers.Of(primary);
  FindOutliers(numbers);
  return numbers;
}

std::map<uint32_t, double> ValuesByBlock(const CommandNumbers& numbers, const std::string& metric) {
  std::map<uint32_t, double> values;
  for (const Sample* run : numbers.runs) {
    if (const auto value = record::MetricOf(*run, metric)) values[run->block] = *value;
  }
  return values;
}

size_t CompleteBlocks(const std::vector<CommandNumbers>& commands) {
  std::map<uint32_t, size_t> runs;
  for (const CommandNumbers& numbers : commands) {
    for (const Sample* run : numbers.runs) ++runs[run->block];
  }
  return static_cast<size_t>(
      std::count_if(runs.begin(), runs.end(), [&](const auto& block) { return block.second == commands.size(); }));
}

// One command beside the reference, by block.
struct Sides {
  size_t command = 0;
  std::vector<double> before, after;
};

std::vector<Sides> PairUp(const CommandAnalysis& analysis) {
  const std::string& metric = analysis.question.primary.name;
  const auto reference = ValuesByBlock(analysis.commands[analysis.reference], metric);
  std::vector<Sides> all;
  for (size_t i = 0; i < analysis.commands.size(); ++i) {
    if (i == analysis.reference) continue;
    Sides sides{i, {}, {}};
    for (const auto& [block, value] : ValuesByBlock(analysis.commands[i], metric)) {
      const auto partner = reference.find(block);
      if (partner == reference.end()) continue;
      sides.before.push_back(partner->second);
      sides.after.push_back(value);
    }
    if (!sides.before.empty()) all.push_back(std::move(sides));
  }
  return all;
}

void DecideAtTheEnd(CommandAnalysis& analysis) {
  const analysis::MetricRule& rule = analysis.question.primary;
  const std::vector<Sides> sides = PairUp(analysis);
  std::vector<stats::Comparison> comparisons;
  for (const Sides& side : sides) {
    comparisons.push_back({side.before, side.after, stats::Design::kPaired, rule.direction, rule.threshold});
  }
  const size_t n = analysis.commands.size();
  const bool is_chosen = n > 2 && !analysis.question.has_reference;
  const auto decisions = stats::Decide(comparisons, {}, is_chosen ? n * (n - 1) / 2 : 0);
  for (size_t i = 0; i < sides.size(); ++i) analysis.commands[sides[i].command].decision = decisions[i];
}

// By the looks that the campaign took: the same verdicts as those that ended it.
void DecideAtLooks(CommandAnalysis& analysis) {
  std::vector<analysis::Observation> observations;
  analysis::Projection projection{"command", {}, {}, {}};
  for (const CommandNumbers& numbers : analysis.commands) {
    projection.columns.push_back(numbers.command.name);
    for (const auto& [block, value] : ValuesByBlock(numbers, analysis.question.primary.name)) {
      observations.push_back({{{"command", numbers.command.name}}, "this", block, value});
    }
  }
  const auto comparison =
      analysis::Compare(observations, projection, analysis.question.primary, analysis.question.stopping);
  if (!comparison) return;
  for (const analysis::ComparedCell& cell : comparison->cells) {
    analysis.commands[cell.column].decision = cell.decision;
  }
}

}  // namespace

stats::Summary CommandNumbers::Of(const std::string& metric) const {
  std::vector<double> values;
  for (const Sample* run : runs) {
    if (const auto value = record::MetricOf(*run, metric)) values.push_back(*value);
  }
  return stats::Summarize(std::move(values));
}

bool CommandAnalysis::HasRuns() const {
  return std::any_of(commands.begin(), commands.end(), [](const CommandNumbers& one) { return !one.runs.empty(); });
}

std::vector<size_t> ByMedian(const CommandAnalysis& analysis) {
  std::vector<size_t> order(analysis.commands.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const bool higher = analysis.question.primary.direction == stats::Direction::kHigherIsBetter;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const stats::Summary& one = analysis.commands[a].primary;
    const stats::Summary& other = analysis.commands[b].primary;
    if (one.n == 0 || other.n == 0) return one.n > 0 && other.n == 0;
    return higher ? one.median > other.median : one.median < other.median;
  });
  return order;
}

CommandAnalysis AnalyzeCommands(const CommandQuestion& question, std::span<const record::Sample> samples) {
  CommandAnalysis analysis;
  analysis.question = question;
  for (const CommandName& command : question.commands) {
    analysis.commands.push_back(NumbersOf(command, question.primary.name, samples));
  }
  analysis.blocks = CompleteBlocks(analysis.commands);
  for (const record::Sample& sample : samples) {
    if (sample.warmup) analysis.warmup_blocks = std::max(analysis.warmup_blocks, sample.block + 1);
  }
  const bool is_fixed = question.has_reference || question.stopping || analysis.commands.size() <= 2;
  analysis.reference = is_fixed ? 0 : ByMedian(analysis).front();
  question.stopping ? DecideAtLooks(analysis) : DecideAtTheEnd(analysis);
  return analysis;
}

}  // namespace rapidbyte::report
