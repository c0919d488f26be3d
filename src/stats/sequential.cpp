#include "stats/sequential.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace rapidbyte::stats {
namespace {

double ShareOf(size_t number) { return 1 / (static_cast<double>(number) * static_cast<double>(number + 1)); }
double ShareLeftBefore(size_t number) { return 1 / static_cast<double>(number); }

// The looks of a campaign without an end, up to `blocks`.
std::vector<Look> EndlessLooks(const LookPlan& plan, size_t blocks) {
  std::vector<Look> looks;
  size_t at = 1;
  while (true) {
    Look look{.number = looks.size() + 1, .share = ShareOf(looks.size() + 1)};
    // Without room for a change at its level, a look would spend for nothing.
    at = std::max(at, BlocksBeforeSignificance(plan.cells, Design::kPaired, Spend(plan.criteria, look)));
    if (at > blocks) return looks;
    look.blocks = at;
    looks.push_back(look);
    at = std::max(at + 1, static_cast<size_t>(std::lround(static_cast<double>(at) * kLookGrowth)));
  }
}

}  // namespace

std::vector<Look> PlanLooks(const LookPlan& plan) {
  const double just_before_last = static_cast<double>(plan.most_blocks) / std::sqrt(kLookGrowth);
  std::vector<Look> looks = EndlessLooks(plan, static_cast<size_t>(just_before_last));
  const size_t last = looks.size() + 1;
  looks.push_back({.number = last, .blocks = plan.most_blocks, .share = ShareLeftBefore(last)});
  return looks;
}

std::optional<Look> LookAt(const LookPlan& plan, size_t blocks) {
  for (const Look& look : PlanLooks(plan)) {
    if (look.blocks == blocks) return look;
  }
  return std::nullopt;
}

Look ClosingLook(const LookPlan& plan, size_t blocks) {
  size_t taken = 0;
  for (const Look& look : PlanLooks(plan)) taken += look.blocks < blocks;
  return {.number = taken + 1, .blocks = blocks, .share = ShareLeftBefore(taken + 1)};
}

Criteria Spend(const Criteria& criteria, const Look& look) {
  Criteria spent = criteria;
  spent.alpha *= look.share;
  spent.largest_p *= look.share;
  spent.equivalence_alpha *= look.share;
  return spent;
}

std::vector<Decision> DecideAtLook(const Look& look, std::span<const Comparison> comparisons,
                                   std::span<const Decision> previous, const Criteria& criteria) {
  RB_CHECK(previous.empty() || previous.size() == comparisons.size());
  std::vector<Decision> decisions(previous.begin(), previous.end());
  decisions.resize(comparisons.size());
  std::vector<Comparison> open;
  size_t changed = 0;
  for (size_t i = 0; i < comparisons.size(); ++i) {
    changed += IsChange(decisions[i].verdict);
    if (decisions[i].verdict == Verdict::kInconclusive) open.push_back(comparisons[i]);
  }
  const std::vector<Decision> fresh = Decide(open, Spend(criteria, look), comparisons.size() - changed);
  size_t next = 0;
  for (Decision& decision : decisions) {
    if (decision.verdict != Verdict::kInconclusive) continue;
    decision = fresh[next++];
    decision.look = look.number;
  }
  return decisions;
}

bool AllDecided(std::span<const Decision> decisions) {
  return std::none_of(decisions.begin(), decisions.end(),
                      [](const Decision& decision) { return decision.verdict == Verdict::kInconclusive; });
}

}  // namespace rapidbyte::stats
