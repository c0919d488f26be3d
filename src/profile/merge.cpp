#include "profile/merge.h"

#include <algorithm>
#include <string>

namespace rapidbyte::profile {
namespace {

constexpr std::string_view kNoName = "[unknown]";

bool KnowsThreads(const Profile& profile) {
  return std::any_of(profile.threads.begin(), profile.threads.end(),
                     [](const Thread& thread) { return thread.tid != 0 || !thread.process.empty(); });
}

// As folded stacks have it for their first frame.
std::string ProcessName(const Thread& thread) {
  std::string name = thread.process.empty() ? thread.name : thread.process;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

}  // namespace

Merger::Merger(std::span<const Profile* const> profiles) {
  for (const Profile* profile : profiles) {
    bool has_images = false;
    for (size_t i = 0; i < profile->stacks.frame_count(); ++i) {
      const Frame& frame = profile->stacks.At(FrameId{static_cast<uint32_t>(i)});
      const size_t name = Index(stacks_.Intern(profile->stacks.Text(frame.name)));
      bare_.resize(std::max(bare_.size(), name + 1));
      if (frame.origin == Origin::kUnknown) bare_[name] = true;
      has_images |= frame.image != StringId{};
    }
    if (!has_images) by_image_ = false;
    for (const Thread& thread : profile->threads) processes_.insert(ProcessName(thread));
  }
  processes_.erase("");
}

FrameId Merger::Add(const StackTable& stacks, const Frame& frame) {
  Frame merged = frame;
  merged.name = stacks_.Intern(stacks.Text(frame.name));
  merged.image = stacks_.Intern(stacks.Text(frame.image));
  merged.file = stacks_.Intern(stacks.Text(frame.file));
  const bool by_image = by_image_ && stacks.Text(frame.name) == kNoName;
  Frame key{.name = merged.name};
  if (by_image) key.image = merged.image;
  if (by_image || !bare_[Index(merged.name)]) {
    key.origin = merged.origin;
    key.inlined = merged.inlined;
  }
  const size_t id = Index(keys_.Intern(key));
  if (id == frame_of_.size()) frame_of_.push_back(stacks_.Intern(merged));
  return frame_of_[id];
}

bool Merger::BeginsWithProcesses(const Profile& profile) const {
  if (KnowsThreads(profile)) return false;
  for (size_t i = 1; i < profile.stacks.stack_count(); ++i) {
    const StackId id{static_cast<uint32_t>(i)};
    if (profile.stacks.Parent(id) != kRoot) continue;
    if (!processes_.contains(profile.stacks.Name(profile.stacks.Leaf(id)))) return false;
  }
  return true;
}

std::vector<StackId> Merger::Add(const Profile& profile) {
  const StackTable& stacks = profile.stacks;
  std::vector<FrameId> frames;
  for (size_t i = 0; i < stacks.frame_count(); ++i) {
    frames.push_back(Add(stacks, stacks.At(FrameId{static_cast<uint32_t>(i)})));
  }
  const bool skips_first = BeginsWithProcesses(profile);
  std::vector<StackId> merged = {kRoot};
  for (size_t i = 1; i < stacks.stack_count(); ++i) {
    const StackId id{static_cast<uint32_t>(i)};
    const StackId parent = stacks.Parent(id);
    const bool is_process = skips_first && parent == kRoot;
    merged.push_back(is_process ? kRoot : stacks_.Push(merged[Index(parent)], frames[Index(stacks.Leaf(id))]));
  }
  return merged;
}

}  // namespace rapidbyte::profile
