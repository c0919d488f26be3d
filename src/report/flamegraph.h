// Pictures of where time goes: one self-contained SVG of a profile, or of the difference of two.
//
// The file needs no network and no other file. A drawing of the chosen view stands in it for viewers without
// JavaScript; in a browser the script in the file takes its place: search, zoom, keyboard, links, and the other views.
// Whatever a frame is called, the file stays well-formed XML. It stays below about 2 MB: what is too small to be kept
// is summed up under "(pruned)", and the picture says how much that is. The same profile gives the same bytes. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "profile/difference.h"
#include "profile/profile.h"

namespace rapidbyte::report {

enum class FlamegraphState { kOnCpu, kOffCpu, kBoth };

// What is shown first; in a browser each is a toggle.
struct FlamegraphOptions {
  std::string title;                                // empty: what the profile calls its command
  FlamegraphState state = FlamegraphState::kOnCpu;  // kOffCpu where the profile has nothing on the CPU
  bool icicle = false;                              // the root at the top
  bool reverse = false;                             // callers merged from the leaves
  bool split_threads = false;
  double min_share = 0;  // of the whole, 0 to 1: frames below are summed up as "(pruned)"
};

std::string Flamegraph(const profile::Profile& profile, const FlamegraphOptions& options);

struct DifferentialOptions {
  std::string title;               // empty: "Differential flamegraph"
  std::vector<std::string> facts;  // what was compared, for the header
  bool icicle = false;
  bool reverse = false;
  double min_share = 0;
};

// Widths are of the after side; what is only on the before side stands hatched in a gap. The hue says whether a frame
// with all that it calls took more or less, pale where that may be noise.
std::string DifferentialFlamegraph(const profile::Difference& difference, const DifferentialOptions& options);

}  // namespace rapidbyte::report
