#include "analysis/frame_change.h"

#include <algorithm>

namespace rapidbyte::analysis {

std::vector<FrameChange> GrownFrames(const FrameChanges& changes, size_t most) {
  const bool is_tested = std::any_of(changes.frames.begin(), changes.frames.end(),
                                     [](const FrameChange& frame) { return frame.interval.has_value(); });
  std::vector<FrameChange> grown;
  for (const FrameChange& frame : changes.frames) {
    if (grown.size() == most) break;
    if (frame.change > 0 && (frame.significant || !is_tested)) grown.push_back(frame);
  }
  return grown;
}

}  // namespace rapidbyte::analysis
