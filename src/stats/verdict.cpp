#include "stats/verdict.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/check.h"
#include "stats/holm.h"
#include "stats/rank_sum.h"
#include "stats/signed_rank.h"

namespace rapidbyte::stats {
namespace {

// The distributions that one matrix needs, each computed once: its cells mostly have the same number of blocks.
class Distributions {
 public:
  const NullDistribution& For(const Comparison& comparison) {
    const bool paired = comparison.design == Design::kPaired;
    const std::pair key(comparison.after.size(), paired ? kNoSecondSide : comparison.before.size());
    const auto found = made_.find(key);
    if (found != made_.end()) return found->second;
    return made_.emplace(key, paired ? SignedRankDistribution(key.first) : RankSumDistribution(key.first, key.second))
        .first->second;
  }

 private:
  static constexpr size_t kNoSecondSide = 0;
  std::map<std::pair<size_t, size_t>, NullDistribution> made_;
};

// Short of a ratio that does not exist: that comes out of the test.
Obstacle ObstacleOf(const Comparison& comparison) {
  const size_t fewer = std::min(comparison.before.size(), comparison.after.size());
  if (fewer == 0) return Obstacle::kNoValues;
  if (comparison.design == Design::kPaired) {
    return fewer < kMinPairsForInterval ? Obstacle::kFewBlocks : Obstacle::kNone;
  }
  if (fewer == 1) return Obstacle::kOneRunASide;
  return fewer < kMinRunsForInterval ? Obstacle::kFewRuns : Obstacle::kNone;
}

std::optional<RankTest> TestOf(const Comparison& comparison, const NullDistribution& distribution) {
  return comparison.design == Design::kPaired ? SignedRankTest(comparison.after, comparison.before, distribution)
                                              : RankSumTest(comparison.after, comparison.before, distribution);
}

// What the cell's own values say; Holm's part is left for later.
Decision Examine(const Comparison& comparison, const Criteria& criteria, Distributions& distributions) {
  RB_CHECK(comparison.threshold > 0);
  Decision decision{.obstacle = ObstacleOf(comparison),
                    .design = comparison.design,
                    .direction = comparison.direction,
                    .threshold = comparison.threshold,
                    .criteria = criteria};
  if (decision.obstacle == Obstacle::kNoValues) return decision;
  const NullDistribution& distribution = distributions.For(comparison);
  const auto possible_test = TestOf(comparison, distribution);
  if (!possible_test) {
    decision.obstacle = Obstacle::kNoRatio;
    return decision;
  }
  const RankTest& test = *possible_test;
  Ratio ratio{.pairs = comparison.design == Design::kPaired ? comparison.after.size() : 0,
              .numerators = comparison.after.size(),
              .denominators = comparison.before.size(),
              .estimate = test.Estimate(),
              .p_value = test.PValue()};
  const double limit = 1 + comparison.threshold;
  decision.beyond_threshold = ratio.estimate > limit || ratio.estimate < 1 / limit;
  if (decision.obstacle == Obstacle::kNone) {
    ratio.interval = test.IntervalAt(1 - criteria.alpha);
    decision.equivalence_interval = test.IntervalAt(1 - 2 * criteria.equivalence_alpha);
    decision.noise = NoiseSeenBy(test, distribution, ratio);
  }
  // Closed intervals hold what is not rejected, so that an end on the limit shows nothing.
  const auto& interval = decision.equivalence_interval;
  decision.equivalent = interval && interval->lower > 1 / limit && interval->upper < limit;
  decision.ratio = ratio;
  return decision;
}

bool IsTested(const Decision& decision) { return decision.obstacle == Obstacle::kNone; }

Verdict VerdictOf(const Decision& decision) {
  if (decision.significant && decision.beyond_threshold) {
    const bool higher = decision.ratio->estimate > 1;
    return higher == (decision.direction == Direction::kHigherIsBetter) ? Verdict::kImproved : Verdict::kRegressed;
  }
  return decision.equivalent ? Verdict::kUnchanged : Verdict::kInconclusive;
}

}  // namespace

std::vector<Decision> Decide(std::span<const Comparison> comparisons, const Criteria& criteria, size_t family) {
  Distributions distributions;
  std::vector<Decision> decisions;
  std::vector<double> p_values;
  for (const Comparison& comparison : comparisons) {
    decisions.push_back(Examine(comparison, criteria, distributions));
    p_values.push_back(IsTested(decisions.back()) ? decisions.back().ratio->p_value : 1.0);
  }
  const std::vector<double> adjusted = HolmAdjust(p_values, family);
  for (size_t i = 0; i < decisions.size(); ++i) {
    Decision& decision = decisions[i];
    decision.family = std::max(family, comparisons.size());
    decision.adjusted_p = adjusted[i];
    decision.significant = adjusted[i] <= criteria.alpha && p_values[i] <= criteria.largest_p;
    decision.verdict = VerdictOf(decision);
  }
  return decisions;
}

bool IsChange(Verdict verdict) { return verdict == Verdict::kImproved || verdict == Verdict::kRegressed; }

std::optional<size_t> BlocksToDecide(const Decision& decision) {
  if (decision.verdict != Verdict::kInconclusive || decision.obstacle == Obstacle::kNoRatio) return std::nullopt;
  const size_t least = BlocksBeforeSignificance(decision.family, decision.design, decision.criteria);
  if (!decision.noise) return least;
  const double limit = 1 + decision.threshold;
  const double estimate = decision.ratio->estimate;
  const double change = std::max({estimate, 1 / estimate, limit});
  std::optional<size_t> enough = BlocksForEquivalence(estimate, *decision.noise, decision.family, decision.threshold,
                                                      decision.design, decision.criteria);
  if (!decision.significant) {  // else more significance would not decide either
    const auto for_change =
        BlocksForChange(change, *decision.noise, decision.family, decision.design, decision.criteria);
    if (!enough || (for_change && *for_change < *enough)) enough = for_change;
  }
  if (!enough) return std::nullopt;
  return std::max(*enough, std::min(decision.ratio->numerators, decision.ratio->denominators) + 1);
}

GeometricMean GeometricMeanOf(std::span<const Decision> decisions) {
  size_t n = 0;
  double sum = 0;
  for (const Decision& decision : decisions) {
    if (!decision.ratio) continue;
    sum += std::log(decision.ratio->estimate);
    ++n;
  }
  return {n, n == 0 ? 1 : std::exp(sum / static_cast<double>(n))};
}

}  // namespace rapidbyte::stats
