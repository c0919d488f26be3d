// Stacks, kept once each: strings, frames and a tree of frames, all named by small integers.
//
// A stack is a path from the root to a node of the tree; two equal stacks have one id, so that counting stacks is
// counting integers, and a hundred thousand deep stacks share what they have in common. Ids are given in order, from 0,
// and never change: a column indexed by id goes along with a table. Not thread-safe; a table moves, and is never
// copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace rapidbyte::profile {

enum class StringId : uint32_t {};  // 0 is ""
enum class FrameId : uint32_t {};
enum class StackId : uint32_t {};  // 0 is the empty stack, the root of the tree

constexpr StackId kRoot{0};

template <typename Id>
constexpr size_t Index(Id id) {
  return static_cast<size_t>(id);
}

// Where the code of a frame comes from. Pictures colour by it.
enum class Origin : uint8_t {
  kProgram,    // the measured program itself
  kConnector,  // compiled from a connector's WebAssembly
  kLibrary,    // a shared object
  kPostgres,   // a PostgreSQL server's backend
  kJit,        // named by a perf map
  kKernel,
  kUnknown,
};
constexpr size_t kOriginCount = 7;

struct Frame {
  StringId name{};    // the function, demangled; never empty: "[unknown]" where nothing is known
  StringId image{};   // the file that holds the code, e.g. "libc.so.6"; empty where unknown
  StringId file{};    // the source file that declares the function; empty where unknown
  uint32_t line = 0;  // of the declaration; 0 where unknown
  Origin origin = Origin::kUnknown;
  bool inlined = false;  // the compiler put it into its caller

  bool operator==(const Frame&) const = default;
};

// Which of many equal keys an id stands for: open addressing over ids that live elsewhere.
class IdIndex {
 public:
  // The id whose key `equals` accepts, or `fresh`, which is then taken in under `hash`.
  template <typename Equals>
  uint32_t FindOrAdd(uint64_t hash, uint32_t fresh, const Equals& equals) {
    if (count_ * 2 >= slots_.size()) Grow();
    const auto tag = static_cast<uint32_t>(hash);
    for (size_t at = tag & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.id == kFree) {
        slot = {fresh, tag};
        ++count_;
        return fresh;
      }
      if (slot.tag == tag && equals(slot.id)) return slot.id;
    }
  }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  // Eight bytes: a large table is as fast as few cache lines it touches.
  struct Slot {
    uint32_t id = kFree;
    uint32_t tag = 0;  // the hash's low half, which also gives the place
  };
  void Grow();

  std::vector<Slot> slots_;
  size_t count_ = 0;
  size_t mask_ = 0;
};

class StackTable {
 public:
  StackTable();
  StackTable(StackTable&&) = default;
  StackTable& operator=(StackTable&&) = default;

  StringId Intern(std::string_view text);
  FrameId Intern(const Frame& frame);
  // The stack in which the leaf of `parent` calls `frame`. O(1).
  StackId Push(StackId parent, FrameId frame);

  std::string_view Text(StringId id) const { return strings_[Index(id)]; }
  const Frame& At(FrameId id) const { return frames_[Index(id)]; }
  std::string_view Name(FrameId id) const { return Text(At(id).name); }
  // Of a stack that is not the root.
  FrameId Leaf(StackId id) const { return stacks_[Index(id)].frame; }
  StackId Parent(StackId id) const { return stacks_[Index(id)].parent; }
  // From the root to the leaf.
  std::vector<FrameId> Path(StackId id) const;

  size_t string_count() const { return strings_.size(); }
  size_t frame_count() const { return frames_.size(); }
  size_t stack_count() const { return stacks_.size(); }  // with the root; a parent's id is below its children's

 private:
  struct Node {
    StackId parent{};
    FrameId frame{};
  };
  std::string_view Keep(std::string_view text);

  std::deque<std::string> arenas_;  // full blocks of text that strings_ points into; they never move
  std::vector<std::string_view> strings_;
  std::vector<Frame> frames_;
  std::vector<Node> stacks_;
  IdIndex string_index_;
  IdIndex frame_index_;
  IdIndex stack_index_;
};

}  // namespace rapidbyte::profile
