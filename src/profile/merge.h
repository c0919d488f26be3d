// Several profiles in one table of stacks, so that their frames and stacks can be compared and summed.
//
// What is one function in two builds is one frame here: lines of declarations, files and images do not tell frames
// apart, only name, origin and whether it was inlined; the first frame seen stands for all. A frame without a name is
// told apart by its image. What one of the profiles does not say tells no frames apart in any of them, so that folded
// stacks are the same as the profile they were made of: they know no origins and no images, and their first frames are
// the processes. Pure; not thread-safe.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

class Merger {
 public:
  // Of all the profiles that will be added.
  explicit Merger(std::span<const Profile* const> profiles);

  // For each stack of the profile, by its id, that of the merged table.
  std::vector<StackId> Add(const Profile& profile);

  const StackTable& stacks() const { return stacks_; }
  StackTable Take() { return std::move(stacks_); }

 private:
  FrameId Add(const StackTable& stacks, const Frame& frame);
  bool BeginsWithProcesses(const Profile& profile) const;

  StackTable stacks_;
  StackTable keys_;                               // its frames are what tells frames apart, with strings of stacks_
  std::vector<FrameId> frame_of_;                 // by frame of keys_
  std::vector<bool> bare_;                        // by string of stacks_: the name of a frame without an origin
  bool by_image_ = true;                          // what frames without a name are told apart by
  std::set<std::string, std::less<>> processes_;  // that a profile knows as such
};

}  // namespace rapidbyte::profile
