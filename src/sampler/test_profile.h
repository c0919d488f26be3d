// What the tests ask a recorded profile. Any thread.
#pragma once

#include <string_view>

#include "profile/profile.h"

namespace rapidbyte::sampler {

inline bool StackHas(const profile::Profile& profile, profile::StackId stack, std::string_view name) {
  for (; stack != profile::kRoot; stack = profile.stacks.Parent(stack)) {
    if (profile.stacks.Name(profile.stacks.Leaf(stack)).find(name) != std::string_view::npos) return true;
  }
  return false;
}

// The value of the samples in `state` whose stack has a frame with `name` in its name; of all where that is empty.
inline double ValueIn(const profile::Profile& profile, profile::State state, std::string_view name = {}) {
  double sum = 0;
  for (const profile::Sample& sample : profile.samples) {
    if (sample.state == state && (name.empty() || StackHas(profile, sample.stack, name))) sum += sample.value;
  }
  return sum;
}

inline double ShareOf(const profile::Profile& profile, profile::State state, std::string_view name) {
  const double all = ValueIn(profile, state);
  return all > 0 ? ValueIn(profile, state, name) / all : 0;
}

inline const profile::Frame* FrameNamed(const profile::Profile& profile, std::string_view name) {
  for (size_t i = 0; i < profile.stacks.frame_count(); ++i) {
    const auto& frame = profile.stacks.At(profile::FrameId(i));
    if (profile.stacks.Text(frame.name) == name) return &frame;
  }
  return nullptr;
}

inline std::string Folded(const profile::Profile& profile, profile::StackId stack) {
  std::string text;
  for (const profile::FrameId frame : profile.stacks.Path(stack)) {
    text += (text.empty() ? "" : ";") + std::string(profile.stacks.Name(frame));
  }
  return text;
}

}  // namespace rapidbyte::sampler
