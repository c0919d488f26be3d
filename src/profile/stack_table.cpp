#include "profile/stack_table.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace rapidbyte::profile {
namespace {

constexpr size_t kArenaBytes = size_t{64} << 10;
constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15u;  // 2^64 divided by the golden ratio

// The final mixer of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

uint64_t Hash(std::string_view text) {
  uint64_t hash = text.size() * kMultiplier;
  while (text.size() >= 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 32;
    text.remove_prefix(8);
  }
  uint64_t tail = 0;
  if (!text.empty()) std::memcpy(&tail, text.data(), text.size());
  return Mix(hash ^ tail);
}

uint64_t Hash(const Frame& frame) {
  const uint64_t where = Index(frame.image) * kMultiplier ^ Index(frame.file);
  const uint64_t kind = static_cast<uint64_t>(frame.origin) << 1 | static_cast<uint64_t>(frame.inlined);
  return Mix(Mix(where * kMultiplier ^ Index(frame.name)) ^ (uint64_t{frame.line} << 8 | kind));
}

}  // namespace

void IdIndex::Grow() {
  std::vector<Slot> old(std::max<size_t>(64, slots_.size() * 2));
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.id == kFree) continue;
    size_t at = slot.tag & mask_;
    while (slots_[at].id != kFree) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

StackTable::StackTable() {
  Intern(std::string_view());
  stacks_.emplace_back();
}

std::string_view StackTable::Keep(std::string_view text) {
  if (text.empty()) return {};
  if (arenas_.empty() || arenas_.back().capacity() - arenas_.back().size() < text.size()) {
    arenas_.emplace_back();
    arenas_.back().reserve(std::max(kArenaBytes, text.size()));
  }
  std::string& arena = arenas_.back();
  const size_t start = arena.size();
  arena.append(text);
  return std::string_view(arena).substr(start);
}

StringId StackTable::Intern(std::string_view text) {
  const auto fresh = static_cast<uint32_t>(strings_.size());
  const uint32_t id =
      string_index_.FindOrAdd(Hash(text), fresh, [&](uint32_t other) { return strings_[other] == text; });
  if (id == fresh) strings_.push_back(Keep(text));
  return StringId{id};
}

FrameId StackTable::Intern(const Frame& frame) {
  const auto fresh = static_cast<uint32_t>(frames_.size());
  const uint32_t id =
      frame_index_.FindOrAdd(Hash(frame), fresh, [&](uint32_t other) { return frames_[other] == frame; });
  if (id == fresh) frames_.push_back(frame);
  return FrameId{id};
}

StackId StackTable::Push(StackId parent, FrameId frame) {
  RB_CHECK(Index(parent) < stacks_.size() && Index(frame) < frames_.size());
  const auto fresh = static_cast<uint32_t>(stacks_.size());
  const uint64_t hash = Mix(static_cast<uint64_t>(Index(parent)) << 32 | Index(frame));
  const uint32_t id = stack_index_.FindOrAdd(
      hash, fresh, [&](uint32_t other) { return stacks_[other].parent == parent && stacks_[other].frame == frame; });
  if (id == fresh) stacks_.push_back({parent, frame});
  return StackId{id};
}

std::vector<FrameId> StackTable::Path(StackId id) const {
  std::vector<FrameId> path;
  for (; id != kRoot; id = Parent(id)) path.push_back(Leaf(id));
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace rapidbyte::profile
