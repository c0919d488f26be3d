// The rules that verdict_bench holds against each other: ours, and two that are in common use. Each takes the runs of
// all cells and says of each whether it has changed.
#pragma once

#include <cmath>
#include <numeric>
#include <vector>

#include "stats/rank_sum.h"
#include "stats/sequential.h"
#include "stats/verdict.h"
#include "verdict_bench_worlds.h"

namespace rapidbyte::bench {

struct Outcome {
  std::vector<stats::Verdict> verdicts;
  size_t blocks = 0;  // that were used
};

struct Rule {
  const char* name;
  Campaign campaign;
  Outcome (*judge)(const std::vector<CellRuns>&);
};

inline std::vector<stats::Comparison> Comparisons(const std::vector<CellRuns>& cells, size_t blocks,
                                                  stats::Design design) {
  std::vector<stats::Comparison> comparisons;
  for (const CellRuns& cell : cells) {
    comparisons.push_back({.before = std::span(cell.before).first(blocks),
                           .after = std::span(cell.after).first(blocks),
                           .design = design});
  }
  return comparisons;
}

inline Outcome OutcomeOf(const std::vector<stats::Decision>& decisions, size_t blocks) {
  Outcome outcome{.verdicts = {}, .blocks = blocks};
  for (const stats::Decision& decision : decisions) outcome.verdicts.push_back(decision.verdict);
  return outcome;
}

inline Outcome JudgeAll(const std::vector<CellRuns>& cells, stats::Design design) {
  const size_t blocks = cells.front().before.size();
  return OutcomeOf(stats::Decide(Comparisons(cells, blocks, design)), blocks);
}

inline Outcome JudgeUntilDecided(const std::vector<CellRuns>& cells) {
  std::vector<stats::Decision> decisions;
  size_t blocks = 0;
  for (const auto& look : stats::PlanLooks({.cells = cells.size(), .most_blocks = cells.front().before.size()})) {
    blocks = look.blocks;
    decisions = stats::DecideAtLook(look, Comparisons(cells, blocks, stats::Design::kPaired), decisions);
    if (stats::AllDecided(decisions)) break;
  }
  return OutcomeOf(decisions, blocks);
}

// Calls a cell regressed where `changed` says that it changed, whichever way: the rules in common use know no more.
template <typename Changed>
Outcome JudgeEach(const std::vector<CellRuns>& cells, Changed changed) {
  Outcome outcome{.verdicts = {}, .blocks = cells.front().before.size()};
  for (const CellRuns& cell : cells) {
    outcome.verdicts.push_back(changed(cell) ? stats::Verdict::kRegressed : stats::Verdict::kInconclusive);
  }
  return outcome;
}

inline Outcome JudgeByMannWhitney(const std::vector<CellRuns>& cells) {
  const auto distribution = stats::RankSumDistribution(cells.front().after.size(), cells.front().before.size());
  return JudgeEach(cells, [&](const CellRuns& cell) {
    return stats::RankSumTest(cell.after, cell.before, distribution)->PValue() <= 0.05;
  });
}

inline Outcome JudgeByMean(const std::vector<CellRuns>& cells) {
  const auto sum = [](const std::vector<double>& runs) { return std::accumulate(runs.begin(), runs.end(), 0.0); };
  return JudgeEach(cells, [&](const CellRuns& cell) { return std::abs(sum(cell.after) / sum(cell.before) - 1) > 0.1; });
}

inline constexpr Rule kFixed{"ours, paired blocks", Campaign::kInterleaved,
                             [](const auto& cells) { return JudgeAll(cells, stats::Design::kPaired); }};
inline constexpr Rule kUntilDecided{"ours, until decided", Campaign::kInterleaved, JudgeUntilDecided};
inline constexpr Rule kUnpaired{"ours, independent runs", Campaign::kOneSideAfterTheOther,
                                [](const auto& cells) { return JudgeAll(cells, stats::Design::kUnpaired); }};
inline constexpr Rule kMannWhitney{"Mann-Whitney p <= 0.05", Campaign::kOneSideAfterTheOther, JudgeByMannWhitney};
inline constexpr Rule kMean{"mean changed by > 10%", Campaign::kOneSideAfterTheOther, JudgeByMean};

}  // namespace rapidbyte::bench
