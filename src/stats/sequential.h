// Optional stopping: a campaign that looks at its results while it runs, and stops once every cell is decided, with the
// same bounds on false verdicts as one whose number of blocks was fixed.
//
// The k-th look may spend 1/(k(k+1)) of each level of Criteria: 1/2, 1/6, 1/12, … add up to 1. A look that is known to
// be the last takes all that is left, 1/k. This is alpha spending (K. K. G. Lan and D. L. DeMets, Biometrika 70 (1983))
// with the union bound in place of the joint distribution of the looks: a little less power, but exact for rank tests,
// and whichever rule stops. Looks are spaced geometrically, so that waiting for the next costs a fixed share of what
// was spent. Within a look Holm; a change once decided leaves the family, a cell once decided keeps its verdict
// (Holm's steps over looks: W. Maurer and F. Bretz, Statistics in Biopharmaceutical Research 5 (2013)).
// Looks depend on the number of blocks alone, never on results. Pure and deterministic; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/verdict.h"

namespace rapidbyte::stats {

inline constexpr double kLookGrowth = 1.3;

struct Look {
  size_t number = 1;  // from 1
  size_t blocks = 0;  // measured so far
  double share = 1;   // of each level, that this look may spend
};

// Fixed before the first block.
struct LookPlan {
  size_t cells = 1;
  size_t most_blocks = 0;  // where the campaign ends even if cells are undecided
  Criteria criteria;
};

// All looks of the plan, the last at most_blocks. The first is where its level can be met at all; one that would come
// just before the last is left out.
std::vector<Look> PlanLooks(const LookPlan& plan);

// The look that is due after so many blocks; nothing between looks.
std::optional<Look> LookAt(const LookPlan& plan, size_t blocks);

// The last look of a campaign that ends early for a reason outside of its results, such as its time being up: takes the
// place of the plan's next look with all that is left. Who ends a campaign because of what it shows must not use it.
Look ClosingLook(const LookPlan& plan, size_t blocks);

// The criteria of one look.
Criteria Spend(const Criteria& criteria, const Look& look);

// Decides what is undecided. `previous` are the decisions of the look before, empty at the first; the comparisons hold
// all cells in one order, those of decided cells are not read. A returned decision that is not inconclusive is final.
std::vector<Decision> DecideAtLook(const Look& look, std::span<const Comparison> comparisons,
                                   std::span<const Decision> previous, const Criteria& criteria = {});

bool AllDecided(std::span<const Decision> decisions);

}  // namespace rapidbyte::stats
