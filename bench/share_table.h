// Shares that a bench counts, held against what the documentation promises of them: with Clopper-Pearson intervals.
#pragma once

#include <boost/math/distributions/binomial.hpp>
#include <cstddef>
#include <optional>

#include "stats/rank_test.h"

namespace rapidbyte::bench {

struct Bound {
  std::optional<double> at_most = {}, at_least = {};
};

enum class Shown { kUnbounded, kPass, kOpen, kFail };

inline const char* WordOf(Shown shown) {
  constexpr const char* kWords[] = {"", "PASS", "OPEN", "FAIL"};
  return kWords[static_cast<size_t>(shown)];
}

// At 95%, of the share that `hits` of `n` independent cases show.
inline stats::Interval ClopperPearson(size_t hits, size_t n) {
  using Binomial = boost::math::binomial_distribution<double>;
  const auto trials = static_cast<double>(n), successes = static_cast<double>(hits);
  return {Binomial::find_lower_bound_on_p(trials, successes, 0.025),
          Binomial::find_upper_bound_on_p(trials, successes, 0.025)};
}

// PASS: the whole interval lies on the right side. FAIL: all of it on the wrong one. OPEN: it takes more cases to say.
inline Shown HeldAgainst(const Bound& bound, const stats::Interval& interval) {
  const auto verdict = [](bool right, bool wrong) {
    return right ? Shown::kPass : wrong ? Shown::kFail : Shown::kOpen;
  };
  if (bound.at_most) return verdict(interval.upper <= *bound.at_most, interval.lower > *bound.at_most);
  if (bound.at_least) return verdict(interval.lower >= *bound.at_least, interval.upper < *bound.at_least);
  return Shown::kUnbounded;
}

}  // namespace rapidbyte::bench
