#include "report/flamegraph_draft.h"

#include <numeric>
#include <tuple>

namespace rapidbyte::report {
namespace {

// In order of node, thread and lane, one each.
std::vector<Weight> Merged(std::vector<Weight> weights) {
  const auto key = [](const Weight& w) { return std::tuple(w.at, w.thread, w.lane); };
  std::stable_sort(weights.begin(), weights.end(), [&](const Weight& a, const Weight& b) { return key(a) < key(b); });
  std::vector<Weight> merged;
  for (const Weight& weight : weights) {
    if (merged.empty() || key(merged.back()) != key(weight)) {
      merged.push_back(weight);
    } else {
      merged.back().value += weight.value;
      merged.back().count += weight.count;
    }
  }
  return merged;
}

// Gives what was pruned below a node a node of its own there.
void AddPrunedNodes(Draft& draft) {
  constexpr double kLast = -1;
  uint32_t parent = UINT32_MAX;
  uint32_t node = 0;
  for (Weight weight : Merged(std::move(draft.pruned))) {
    if (weight.at != parent) {
      parent = weight.at;
      node = draft.Add(parent, kPrunedFrame, 0, kLast);
    }
    weight.at = node;
    draft.own.push_back(weight);
  }
}

// The nodes in preorder, heavier siblings first.
std::vector<uint32_t> Preorder(const Draft& draft) {
  const size_t count = draft.parent.size();
  std::vector<uint32_t> begin(count + 1), children(count);
  for (size_t node = 1; node < count; ++node) ++begin[draft.parent[node] + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (uint32_t node = 1; node < count; ++node) children[next[draft.parent[node]]++] = node;
  std::vector<uint32_t> order, open = {0};
  order.reserve(count);
  while (!open.empty()) {
    const uint32_t node = open.back();
    open.pop_back();
    order.push_back(node);
    const auto first = children.begin() + begin[node], last = children.begin() + begin[node + 1];
    std::stable_sort(first, last, [&](uint32_t a, uint32_t b) { return draft.importance[a] > draft.importance[b]; });
    open.insert(open.end(), std::make_reverse_iterator(last), std::make_reverse_iterator(first));
  }
  return order;
}

}  // namespace

CallTree Arrange(Draft draft, const WeightedStacks& weighted, const Importance& importance) {
  CallTree tree;
  for (const Weight& weight : draft.pruned) {
    const uint32_t side = weighted.side_of[weight.lane];
    tree.pruned[side] += importance.ShareOf(side, weight.value);
  }
  if (!draft.pruned.empty()) {
    tree.least_kept = *std::min_element(draft.importance.begin(), draft.importance.end());
  }
  AddPrunedNodes(draft);
  const std::vector<uint32_t> order = Preorder(draft);
  std::vector<uint32_t> number_of(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) number_of[order[i]] = i;
  for (const uint32_t node : order) {
    tree.parent.push_back(number_of[draft.parent[node]]);
    tree.frame.push_back(draft.frame[node]);
    tree.stack.push_back(draft.stack[node]);
  }
  for (Weight& weight : draft.own) weight.at = number_of[weight.at];
  tree.weights = Merged(std::move(draft.own));
  return tree;
}

}  // namespace rapidbyte::report
