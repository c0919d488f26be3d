// The search for the first bad one of a row of commits: which to look at next, and what is known at the end.
//
// Assumes nothing about commits that were not looked at; with several changes in the row it ends at one place where a
// good commit is followed by a bad one. A commit that cannot be told is left out, and its neighbours are tried; where
// only such are left, all of them and the first bad one stay suspects. Pure and deterministic; not for several threads.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stats/verdict.h"

namespace rapidbyte::analysis {

enum class Side { kUnknown, kGood, kBad, kSkipped };

// Where a commit lies, by its decision against the good end. Bad where it regressed, and also where it is surely worse
// by less than the threshold without being shown equivalent. Good where it improved or is unchanged. kUnknown where
// nothing is shown.
Side SideOf(const stats::Decision& against_good);

class Bisection {
 public:
  // `commits` follow the good end, the last of them is the bad end; at least one.
  explicit Bisection(size_t commits);

  // The next to look at: the nearest to the middle of what is left; nothing at the end.
  std::optional<size_t> Next() const;
  void Mark(size_t commit, Side side);

  // The last good commit before the first bad one; nothing where that is the good end itself.
  std::optional<size_t> last_good() const;
  size_t first_bad() const;
  // The first bad one is among these: it alone, after skipped ones that come just before it.
  std::vector<size_t> Suspects() const;

  // Looks that it takes where no commit is skipped, at most.
  static size_t MostLooks(size_t commits);

 private:
  std::vector<Side> sides_;
};

}  // namespace rapidbyte::analysis
