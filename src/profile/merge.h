// Several profiles in one table of stacks, so that their frames and stacks can be compared and summed.
//
// What is one function in two builds is one frame here: lines of declarations, files and images do not tell frames
// apart, only name, origin and whether it was inlined; the first frame seen stands for all. A frame without a name is
// told apart by its image. Pure; not thread-safe.
#pragma once

#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

class Merger {
 public:
  // For each stack of the profile, by its id, that of the merged table.
  std::vector<StackId> Add(const StackTable& stacks);

  const StackTable& stacks() const { return stacks_; }
  StackTable Take() { return std::move(stacks_); }

 private:
  FrameId Add(const StackTable& stacks, const Frame& frame);

  StackTable stacks_;
  StackTable keys_;                // its frames are what tells frames apart, with strings of stacks_
  std::vector<FrameId> frame_of_;  // by frame of keys_
};

}  // namespace rapidbyte::profile
