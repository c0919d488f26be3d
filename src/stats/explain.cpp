// The sentences of a decision: what --why prints.
#include <fmt/format.h>

#include "stats/rank_sum.h"
#include "stats/signed_rank.h"
#include "stats/verdict.h"

namespace rapidbyte::stats {
namespace {

std::string Percent(double ratio) { return fmt::format("{:+.2f}%", (ratio - 1) * 100); }
std::string Bracket(const Interval& interval) {
  return fmt::format("{} to {}", Percent(interval.lower), Percent(interval.upper));
}

std::string Sample(const Ratio& ratio) {
  if (ratio.pairs > 0) return fmt::format("{} {}", ratio.pairs, ratio.pairs == 1 ? "block" : "blocks");
  return fmt::format("{} runs before and {} after, not interleaved", ratio.denominators, ratio.numerators);
}

std::string ObstacleSentence(const Decision& decision) {
  switch (decision.obstacle) {
    case Obstacle::kNone:
      return "";
    case Obstacle::kNoValues:
      return "No values to compare.";
    case Obstacle::kNoRatio:
      return "A value is zero, negative or not a number: there is no ratio.";
    case Obstacle::kFewBlocks:
      return fmt::format("An interval needs {} blocks; there {} {}.", kMinPairsForInterval,
                         decision.ratio->pairs == 1 ? "is" : "are", decision.ratio->pairs);
    case Obstacle::kOneRunASide:
      return "One run a side: the variance between runs is unknown.";
    case Obstacle::kFewRuns:
      return fmt::format("An interval needs {} runs a side.", kMinRunsForInterval);
  }
  return "";
}

std::string EstimateSentence(const Decision& decision) {
  const Ratio& ratio = *decision.ratio;
  const std::string estimate = fmt::format("The estimate is {} ({})", Percent(ratio.estimate), Sample(ratio));
  const std::string interval =
      ratio.interval
          ? fmt::format(", {:.4g}% interval {}", (1 - decision.criteria.alpha) * 100, Bracket(*ratio.interval))
          : "";
  return fmt::format("{}{}; it lies {} the threshold of {:.4g}%.", estimate, interval,
                     decision.beyond_threshold ? "beyond" : "within", decision.threshold * 100);
}

std::string SignificanceSentence(const Decision& decision) {
  const double p = decision.ratio->p_value;
  std::string text = fmt::format("p = {:.3g}; after Holm's correction for {} {} {:.3g}", p, decision.family,
                                 decision.family == 1 ? "cell" : "cells", decision.adjusted_p);
  if (decision.significant) return text + fmt::format(", at most {:.4g}: significant.", decision.criteria.alpha);
  if (decision.adjusted_p > decision.criteria.alpha) {
    return text + fmt::format(", above {:.4g}: not significant.", decision.criteria.alpha);
  }
  return text + fmt::format(", but p is above {:.4g}, the most for a single comparison: not significant.",
                            decision.criteria.largest_p);
}

std::string EquivalenceSentence(const Decision& decision) {
  const std::string level = fmt::format("{:.4g}%", (1 - 2 * decision.criteria.equivalence_alpha) * 100);
  if (!decision.equivalence_interval) return fmt::format("Too few values for the {} interval of equivalence.", level);
  const double limit = 1 + decision.threshold;
  return fmt::format("The {} interval {} {} within {} to {}: equivalence is {}.", level,
                     Bracket(*decision.equivalence_interval), decision.equivalent ? "lies" : "does not lie",
                     Percent(1 / limit), Percent(limit), decision.equivalent ? "shown" : "not shown");
}

std::string BlocksSentence(const Decision& decision) {
  const char* unit = decision.design == Design::kPaired ? "blocks" : "runs a side";
  const auto enough = BlocksToDecide(decision);
  if (!enough) {
    const char* why = decision.significant ? "the ratio lies too near the threshold" : "the noise is too large";
    return fmt::format("No sensible number of {} would decide: {}.", unit, why);
  }
  if (!decision.noise) return fmt::format("Below {} {} no change can be significant.", *enough, unit);
  return fmt::format("About {} {} would decide, if the estimate is right.", *enough, unit);
}

}  // namespace

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kUnchanged:
      return "unchanged";
    case Verdict::kImproved:
      return "improved";
    case Verdict::kRegressed:
      return "regressed";
  }
  return "";
}

std::vector<std::string> Explain(const Decision& decision) {
  std::vector<std::string> sentences;
  if (decision.obstacle != Obstacle::kNone) sentences.push_back(ObstacleSentence(decision));
  if (decision.ratio) sentences.push_back(EstimateSentence(decision));
  if (decision.obstacle == Obstacle::kNone) {
    if (decision.look > 0) {
      sentences.push_back(
          fmt::format("At look {}, with levels lowered so that all looks together keep to theirs:", decision.look));
    }
    sentences.push_back(SignificanceSentence(decision));
    sentences.push_back(EquivalenceSentence(decision));
  }
  const bool more_blocks_help = decision.obstacle != Obstacle::kNoRatio;
  if (decision.verdict == Verdict::kInconclusive && more_blocks_help) sentences.push_back(BlocksSentence(decision));
  return sentences;
}

}  // namespace rapidbyte::stats
