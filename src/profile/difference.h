// What changed between two sides of profiles, by place in the tree and by function, and whether it is more than noise.
//
// Each side is any number of runs. Everything is linear, so that the change of a place is that of its own time plus
// those of its children: right for parents as for leaves, and for frames that only one side has. With three runs or
// more on each side every change has an interval and a p: Welch's t-test, whose variance is never taken for less than
// that of counting as many samples (else 0, 0, 0 against 1, 1, 1 samples would be proof). Benjamini and Hochberg's
// correction, separately for each of the four lists, bounds the share of false ones among what is called significant.
// Frames that are rare on both sides are not tested and do not count for the correction. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "profile/profile.h"
#include "stats/rank_test.h"

namespace rapidbyte::profile {

inline constexpr size_t kMinRunsForDecision = 3;

enum class Basis {
  kShare,   // of the whole run: for runs of different lengths
  kPerRun,  // time, or samples, of one run: for runs that do the same work
};

struct DifferenceOptions {
  Basis basis = Basis::kShare;  // what intervals and decisions are about
  std::array<bool, kStateCount> states = {true, false, false};
  double false_discovery_rate = 0.05;
  double least_share = 0.001;  // of the whole: what is less on both sides together is not tested
};

// Of a place or a function. Means over the runs of a side.
struct Change {
  double before = 0, after = 0;              // in the profiles' unit
  double before_share = 0, after_share = 0;  // of the run's whole
  std::optional<stats::Interval> interval;   // 95%, not corrected, of after - before by the basis; where it was tested
  double p_value = 1;                        // corrected
  bool significant = false;

  double value() const { return after - before; }
  double share() const { return after_share - before_share; }
  double by(Basis basis) const { return basis == Basis::kShare ? share() : value(); }
};

struct FunctionChange {
  FrameId frame{};
  Change self;
  Change total;  // with what it calls; of a function that calls itself, the outermost call only
};

struct Difference {
  StackTable stacks;                      // of both sides; merge.h says what is one frame
  std::vector<Change> self;               // by stack of it: what ends there
  std::vector<Change> total;              // by stack: what goes through there; the root has all
  std::vector<FunctionChange> functions;  // the significant ones first, then by how much their own time changed
  size_t before_runs = 0, after_runs = 0;
  bool decided = false;  // enough runs to tell a change from noise
  Unit unit = Unit::kNanoseconds;
  Basis basis = Basis::kShare;
};

// At least one profile on each side.
Difference Compare(std::span<const Profile* const> before, std::span<const Profile* const> after,
                   const DifferenceOptions& options = {});

}  // namespace rapidbyte::profile
