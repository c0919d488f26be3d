#include "report/flamegraph_tree.h"

#include <algorithm>

#include "report/flamegraph_draft.h"
#include "report/flamegraph_text.h"

namespace rapidbyte::report {
namespace {

using profile::FrameId;
using profile::StackId;
using profile::StackTable;

std::vector<double> ImportanceOfStacks(const WeightedStacks& weighted, const Importance& importance) {
  const StackTable& stacks = *weighted.stacks;
  std::vector<std::array<double, kSides>> totals(stacks.stack_count());
  for (const Weight& weight : weighted.weights) totals[weight.at][weighted.side_of[weight.lane]] += weight.value;
  for (size_t stack = totals.size() - 1; stack > 0; --stack) {  // a parent's id is below its children's
    auto& parent = totals[profile::Index(stacks.Parent(StackId(stack)))];
    for (size_t side = 0; side < kSides; ++side) parent[side] += totals[stack][side];
  }
  std::vector<double> result(totals.size());
  std::transform(totals.begin(), totals.end(), result.begin(), [&](const auto& t) { return importance.Of(t); });
  return result;
}

// The stacks that may be kept, heaviest first, a parent before its children; not many more than fit.
std::vector<uint32_t> Candidates(const std::vector<double>& importance, const TreeLimits& limits) {
  std::vector<uint32_t> order;
  for (uint32_t stack = 1; stack < importance.size(); ++stack) {
    if (importance[stack] > 0 && importance[stack] >= limits.min_share) order.push_back(stack);
  }
  const auto before = [&](uint32_t a, uint32_t b) {
    return importance[a] != importance[b] ? importance[a] > importance[b] : a < b;
  };
  const size_t most = limits.bytes / kNodeBytes + 1;
  if (order.size() > most) {
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(), before);
    order.resize(most);
  }
  std::sort(order.begin(), order.end(), before);
  return order;
}

}  // namespace

uint32_t FrameList::NumberOf(FrameId frame) {
  uint32_t& number = number_of_[profile::Index(frame)];
  if (number == kNone) {
    number = static_cast<uint32_t>(frames_.size());
    frames_.push_back(frame);
  }
  return number;
}

size_t FrameList::CostOf(FrameId frame) const {
  if (number_of_[profile::Index(frame)] != kNone) return 0;
  constexpr size_t kColumns = 12, kLongest = 512;  // CleanText shortens what is longer
  return kColumns + std::min(stacks_->Name(frame).size(), kLongest);
}

CallTree TopDown(const WeightedStacks& weighted, const TreeLimits& limits, FrameList& frames) {
  const StackTable& stacks = *weighted.stacks;
  const Importance importance(weighted);
  const std::vector<double> share = ImportanceOfStacks(weighted, importance);
  std::vector<uint8_t> weights_at(stacks.stack_count());
  for (const Weight& weight : weighted.weights) {
    if (weights_at[weight.at] < UINT8_MAX) ++weights_at[weight.at];
  }

  constexpr uint32_t kNotKept = UINT32_MAX;
  std::vector<uint32_t> node_of(stacks.stack_count(), kNotKept);
  node_of[0] = 0;
  Draft draft;
  size_t bytes = 0;
  for (const uint32_t stack : Candidates(share, limits)) {
    const FrameId frame = stacks.Leaf(StackId(stack));
    bytes += kNodeBytes + frames.CostOf(frame) + weights_at[stack] * kWeightBytes;
    if (bytes > limits.bytes) break;
    const uint32_t parent = node_of[profile::Index(stacks.Parent(StackId(stack)))];
    node_of[stack] = draft.Add(parent, frames.NumberOf(frame), stack, share[stack]);
  }

  // From here on the node of the nearest ancestor that was kept, with a mark.
  std::vector<bool> is_kept(node_of.size());
  for (size_t stack = 0; stack < node_of.size(); ++stack) {
    is_kept[stack] = node_of[stack] != kNotKept;
    if (!is_kept[stack]) node_of[stack] = node_of[profile::Index(stacks.Parent(StackId(stack)))];
  }
  for (Weight weight : weighted.weights) {
    std::vector<Weight>& list = is_kept[weight.at] ? draft.own : draft.pruned;
    weight.at = node_of[weight.at];
    list.push_back(weight);
  }
  return Arrange(std::move(draft), weighted, importance);
}

}  // namespace rapidbyte::report
