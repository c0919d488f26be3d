// From the comparisons of all cells of a matrix, on the metric that decides, to one verdict per cell.
//
// A cell regressed or improved where its difference is significant after Holm's correction over the matrix, its own p
// is at most Criteria::largest_p, and its estimate lies beyond the cell's threshold. It is unchanged where equivalence
// is shown: two one-sided tests (D. J. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15 (1987)) put the ratio
// between 1/(1 + threshold) and 1 + threshold. Else it is inconclusive, and the decision says what was missing.
// "Not significant" alone never means "unchanged". Pure and deterministic; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stats/power.h"
#include "stats/rank_test.h"

namespace rapidbyte::stats {

enum class Verdict { kInconclusive, kUnchanged, kImproved, kRegressed };
enum class Direction { kLowerIsBetter, kHigherIsBetter };

// One cell before and after. Paired: before[i] and after[i] ran in one block, the sizes are the same. Unpaired: one
// value per run, in any order. The values must outlive the call that takes them.
struct Comparison {
  std::span<const double> before, after;
  Design design = Design::kPaired;
  Direction direction = Direction::kLowerIsBetter;
  double threshold = kDefaultThreshold;
};

// Why there is no test at all.
enum class Obstacle { kNone, kNoValues, kNoRatio, kFewBlocks, kOneRunASide, kFewRuns };

// A verdict and all numbers that it rests on.
struct Decision {
  Verdict verdict = Verdict::kInconclusive;
  Obstacle obstacle = Obstacle::kNone;
  Design design = Design::kPaired;
  Direction direction = Direction::kLowerIsBetter;
  double threshold = kDefaultThreshold;
  Criteria criteria;  // those that were applied: of one look, under optional stopping
  size_t family = 1;  // cells that Holm corrected for

  // after / before, its interval at 1 - criteria.alpha. Without an interval where there is an obstacle; nothing where
  // there are no values or no ratio.
  std::optional<Ratio> ratio;
  double adjusted_p = 1;                         // by Holm
  std::optional<Interval> equivalence_interval;  // at 1 - 2 criteria.equivalence_alpha
  bool significant = false;                      // adjusted_p and p both small enough
  bool beyond_threshold = false;                 // the estimate
  bool equivalent = false;                       // the equivalence interval lies within the threshold
  std::optional<double> noise;                   // sd of a pair's (a run's) log ratio, as NoiseSeenBy
  size_t look = 0;                               // the number of the look that decided, under optional stopping
};

// One decision per comparison, in their order. A family larger than the comparisons (0: not larger) has further cells
// that count in Holm's correction with a p of 1.
std::vector<Decision> Decide(std::span<const Comparison> comparisons, const Criteria& criteria = {}, size_t family = 0);

bool IsChange(Verdict verdict);
const char* VerdictName(Verdict verdict);  // "regressed", "improved", "unchanged", "inconclusive"

// How many blocks (runs a side) in all would decide an inconclusive cell if its true ratio were the estimate: those
// for a change of its size, and at least of the threshold's, or for equivalence, whichever are fewer; more than there
// are, and at least BlocksBeforeSignificance. An approximation, see power.h. Nothing for a decided cell, without a
// ratio, or where no sensible number would.
std::optional<size_t> BlocksToDecide(const Decision& decision);

// The reasons as plain sentences, in an order to be read, without a line's end.
std::vector<std::string> Explain(const Decision& decision);

struct GeometricMean {
  size_t n = 0;
  double ratio = 1;
};
// Of the estimates of those cells that have one: a summary of the matrix, for which nothing is tested.
GeometricMean GeometricMeanOf(std::span<const Decision> decisions);

}  // namespace rapidbyte::stats
