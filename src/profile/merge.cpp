#include "profile/merge.h"

namespace rapidbyte::profile {

FrameId Merger::Add(const StackTable& stacks, const Frame& frame) {
  Frame merged = frame;
  merged.name = stacks_.Intern(stacks.Text(frame.name));
  merged.image = stacks_.Intern(stacks.Text(frame.image));
  merged.file = stacks_.Intern(stacks.Text(frame.file));
  Frame key{.name = merged.name, .origin = merged.origin, .inlined = merged.inlined};
  if (stacks.Text(frame.name) == "[unknown]") key.image = merged.image;
  const size_t id = Index(keys_.Intern(key));
  if (id == frame_of_.size()) frame_of_.push_back(stacks_.Intern(merged));
  return frame_of_[id];
}

std::vector<StackId> Merger::Add(const StackTable& stacks) {
  std::vector<FrameId> frames;
  for (size_t i = 0; i < stacks.frame_count(); ++i) {
    frames.push_back(Add(stacks, stacks.At(FrameId{static_cast<uint32_t>(i)})));
  }
  std::vector<StackId> merged = {kRoot};
  for (size_t i = 1; i < stacks.stack_count(); ++i) {
    const StackId id{static_cast<uint32_t>(i)};
    merged.push_back(stacks_.Push(merged[Index(stacks.Parent(id))], frames[Index(stacks.Leaf(id))]));
  }
  return merged;
}

}  // namespace rapidbyte::profile
