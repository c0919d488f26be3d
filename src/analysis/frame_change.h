// Functions whose time changed between profiles of both sides: what an explanation shows of a difference of profiles.
// Plain data; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stats/rank_test.h"

namespace rapidbyte::analysis {

struct FrameChange {
  std::string name;    // the function, demangled
  std::string origin;  // program, connector, library, postgres, jit, kernel, unknown
  double before = 0;   // of the function itself, without what it calls
  double after = 0;
  double change = 0;                        // after - before
  std::optional<stats::Interval> interval;  // of the change; nothing below 3 profiles a side
  bool significant = false;
};

struct FrameChanges {
  size_t profiles_before = 0, profiles_after = 0;
  bool in_seconds = false;          // seconds on the CPU in a run; else shares of the whole, 0 to 1
  std::vector<FrameChange> frames;  // significant ones that grew first, the largest change first
};

}  // namespace rapidbyte::analysis
