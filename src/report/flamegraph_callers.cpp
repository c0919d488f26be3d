// The tree from the leaves up: who spends time, and below each who called it.
//
// A group is a set of stacks that end in the same frames. The heaviest group becomes a node and falls apart by the next
// caller, until the budget is used up: only what is kept is ever visited, however many and deep the stacks are.
#include <queue>

#include "report/flamegraph_draft.h"

namespace rapidbyte::report {
namespace {

using profile::FrameId;
using profile::StackId;
using profile::StackTable;

struct Member {
  StackId at{};         // whose leaf is the group's frame
  uint32_t weight = 0;  // index into the weights
};

struct Group {
  double importance = 0;
  uint32_t number = 0;  // in order of making: equal groups have an order
  uint32_t parent = 0;  // a node
  FrameId frame{};
  size_t begin = 0, end = 0;  // its members

  bool operator<(const Group& other) const {
    return importance != other.importance ? importance < other.importance : number > other.number;
  }
};

class Grouping {
 public:
  explicit Grouping(const WeightedStacks& weighted)
      : weighted_(weighted), stacks_(*weighted.stacks), importance_(weighted), slot_of_(stacks_.frame_count()) {
    for (uint32_t i = 0; i < weighted.weights.size(); ++i) {
      members_.push_back({StackId(weighted.weights[i].at), i});
    }
  }

  CallTree Run(const TreeLimits& limits, FrameList& frames) {
    Split(0, 0, members_.size());
    size_t bytes = 0;
    while (!open_.empty()) {
      const Group group = open_.top();
      bytes += kNodeBytes + frames.CostOf(group.frame) + kWeightBytes / 2;
      if (bytes > limits.bytes || group.importance < limits.min_share) break;
      open_.pop();
      const uint32_t node = draft_.Add(group.parent, frames.NumberOf(group.frame), 0, group.importance);
      for (size_t i = group.begin; i < group.end; ++i) members_[i].at = stacks_.Parent(members_[i].at);
      Split(node, group.begin, group.end);
    }
    for (; !open_.empty(); open_.pop()) {
      const Group& group = open_.top();
      for (size_t i = group.begin; i < group.end; ++i) Give(draft_.pruned, members_[i], group.parent);
    }
    return Arrange(std::move(draft_), weighted_, importance_);
  }

 private:
  void Give(std::vector<Weight>& list, const Member& member, uint32_t node) {
    Weight weight = weighted_.weights[member.weight];
    weight.at = node;
    list.push_back(weight);
  }

  // Members whose stack ends here are the node's own; the others become groups by their leaf. A stable counting sort.
  void Split(uint32_t node, size_t begin, size_t end) {
    groups_.clear();
    moved_.assign(members_.begin() + static_cast<std::ptrdiff_t>(begin),
                  members_.begin() + static_cast<std::ptrdiff_t>(end));
    for (const Member& member : moved_) {
      if (member.at == profile::kRoot) {
        Give(draft_.own, member, node);
      } else {
        ++GroupOf(stacks_.Leaf(member.at)).end;
      }
    }
    size_t at = begin;
    for (Group& group : groups_) {
      group.parent = node;
      group.begin = at;
      at += group.end;
      group.end = group.begin;
    }
    std::vector<std::array<double, kSides>>& sums = sums_;
    sums.assign(groups_.size(), {});
    for (const Member& member : moved_) {
      if (member.at == profile::kRoot) continue;
      const FrameId frame = stacks_.Leaf(member.at);
      members_[GroupOf(frame).end++] = member;
      const Weight& weight = weighted_.weights[member.weight];
      sums[slot_of_[profile::Index(frame)] - 1][weighted_.side_of[weight.lane]] += weight.value;
    }
    for (size_t i = 0; i < groups_.size(); ++i) {
      groups_[i].importance = importance_.Of(sums[i]);
      slot_of_[profile::Index(groups_[i].frame)] = 0;
      open_.push(groups_[i]);
    }
  }

  Group& GroupOf(FrameId frame) {
    uint32_t& slot = slot_of_[profile::Index(frame)];
    if (slot == 0) {
      groups_.push_back({0, made_++, 0, frame, 0, 0});
      slot = static_cast<uint32_t>(groups_.size());
    }
    return groups_[slot - 1];
  }

  const WeightedStacks& weighted_;
  const StackTable& stacks_;
  Importance importance_;
  std::vector<Member> members_;
  std::priority_queue<Group> open_;
  Draft draft_;
  uint32_t made_ = 0;
  // For one split: the groups, their sums, the members before the split, and per frame its group's place from 1.
  std::vector<Group> groups_;
  std::vector<std::array<double, kSides>> sums_;
  std::vector<Member> moved_;
  std::vector<uint32_t> slot_of_;
};

}  // namespace

CallTree BottomUp(const WeightedStacks& weighted, const TreeLimits& limits, FrameList& frames) {
  return Grouping(weighted).Run(limits, frames);
}

}  // namespace rapidbyte::report
