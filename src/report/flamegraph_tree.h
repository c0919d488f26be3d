// The calls of a profile as a tree that is small enough for a picture: from the root down, or from the leaves up.
//
// Weights keep the thread and the lane that they belong to, so that one tree holds every view. A lane is a state of a
// thread (running, blocked, preempted), or a side of a difference (before, after). Nodes are kept heaviest first until
// their bytes reach a budget; a node's weight is never lost: what lies below the kept nodes is the weight of a node
// "(pruned)" at the same place. Nodes are in preorder, heavier siblings first. Pure and deterministic; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::report {

constexpr size_t kLanes = 3;
constexpr size_t kSides = 2;  // each is normalised by itself: on and off the CPU, before and after

struct Weight {
  uint32_t at = 0;  // a stack; in a CallTree a node
  uint32_t thread = 0;
  uint32_t lane = 0;
  double value = 0;
  uint64_t count = 0;
};

struct WeightedStacks {
  const profile::StackTable* stacks = nullptr;  // outlives what is made from it
  std::vector<Weight> weights;                  // one per stack, thread and lane
  std::array<uint32_t, kLanes> side_of = {0, 1, 1};
  std::vector<std::string> threads;  // clean labels; the last one may stand for many light threads

  double SideTotal(uint32_t side) const;
};

WeightedStacks StacksOf(const profile::Profile& profile);

// Frames as a picture numbers them, from 0 in order of first use, with the bytes that they cost.
class FrameList {
 public:
  explicit FrameList(const profile::StackTable& stacks) : stacks_(&stacks), number_of_(stacks.frame_count(), kNone) {}

  uint32_t NumberOf(profile::FrameId frame);
  size_t CostOf(profile::FrameId frame) const;  // 0 for one that is in already
  const std::vector<profile::FrameId>& frames() const { return frames_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  const profile::StackTable* stacks_;
  std::vector<uint32_t> number_of_;
  std::vector<profile::FrameId> frames_;
};

constexpr uint32_t kPrunedFrame = UINT32_MAX;
constexpr uint32_t kNoFrame = UINT32_MAX - 1;  // of the root

struct CallTree {
  std::vector<uint32_t> parent;            // below the node's own number; of the root, node 0: 0
  std::vector<uint32_t> frame;             // a FrameList's number, kPrunedFrame, kNoFrame
  std::vector<uint32_t> stack;             // the stack that the node is, from the root down; 0 where it is none
  std::vector<Weight> weights;             // the node's own, in order of nodes
  double least_kept = 0;                   // importance of the lightest node, where something was pruned
  std::array<double, kSides> pruned = {};  // share of each side
};

struct TreeLimits {
  size_t bytes = 0;      // of the data that the tree becomes, about
  double min_share = 0;  // of the side where the node weighs most
};

CallTree TopDown(const WeightedStacks& weighted, const TreeLimits& limits, FrameList& frames);
CallTree BottomUp(const WeightedStacks& weighted, const TreeLimits& limits, FrameList& frames);

}  // namespace rapidbyte::report
