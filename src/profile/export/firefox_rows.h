// The rows of a Firefox profile that are not those of a StackTable: functions, libraries, sources, and the stacks that
// end off the CPU. Pure; any thread.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

constexpr uint32_t kNoRow = UINT32_MAX;

// Which rows there are, and which one belongs to a frame or a name.
struct FirefoxRows {
  std::vector<FrameId> functions;  // a frame that stands for all frames of the same name in the same file and image
  std::vector<uint32_t> function_of_frame;
  std::vector<StringId> libraries;
  std::vector<uint32_t> library_of_string;
  std::vector<StringId> sources;
  std::vector<uint32_t> source_of_string;
};

FirefoxRows FirefoxRowsOf(const StackTable& stacks);

// The rows behind those of the profile's own stacks: a stack, and the frame of a state off the CPU on top of it.
class OffCpuStacks {
 public:
  struct Stack {
    StackId parent{};
    State state{};
  };

  explicit OffCpuStacks(const Profile& profile);
  const std::vector<Stack>& stacks() const { return stacks_; }
  uint32_t RowOf(const Sample& sample) const { return row_.at(Key(sample)); }  // of one that is not running

 private:
  static uint64_t Key(const Sample& sample) {
    return uint64_t{Index(sample.stack)} * kStateCount + static_cast<uint64_t>(sample.state);
  }

  std::vector<Stack> stacks_;
  std::unordered_map<uint64_t, uint32_t> row_;
};

}  // namespace rapidbyte::profile
