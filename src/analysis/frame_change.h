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
  std::vector<FrameChange> frames;  // those that grew first, by how much at least
};

// A side whose functions are not known, and what would make them known.
struct MissingProfiles {
  std::string what;     // "no profile of b47110cb80 (main)"
  std::string command;  // that records it
};

// What profiles say of one cell: the functions where both sides have some, or what is missing.
struct CellFrames {
  std::optional<FrameChanges> changes;
  std::vector<MissingProfiles> missing;  // at most one a side
};

// The functions that grew: those of which it is sure where that can be told, else the largest.
std::vector<FrameChange> GrownFrames(const FrameChanges& changes, size_t most);

}  // namespace rapidbyte::analysis
