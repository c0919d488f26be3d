#include "report/flamegraph_view.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace rapidbyte::report {
namespace {

// Grows a view's tree by the places where there is weight.
class ViewBuilder {
 public:
  explicit ViewBuilder(const CallTree& tree) : tree_(tree), node_of_(tree.parent.size()), stamp_(tree.parent.size()) {
    view_.nodes.emplace_back();
  }

  // What is added from here on stands below `top`, apart from what was added before.
  void StartBelow(uint32_t top) {
    top_ = top;
    ++round_;
  }

  uint32_t AddThread(uint32_t thread) {
    ViewNode node;
    node.thread = thread;
    node.depth = 1;
    view_.nodes.push_back(node);
    return static_cast<uint32_t>(view_.nodes.size() - 1);
  }

  void Add(const Weight& weight) {
    ViewNode& node = view_.nodes[NodeOf(weight.at)];
    node.lanes[weight.lane] += weight.value;
    node.count += static_cast<double>(weight.count);
    node.own[weight.lane] += weight.value;
  }

  View Take() {
    for (size_t i = view_.nodes.size() - 1; i > 0; --i) {
      const ViewNode& node = view_.nodes[i];
      ViewNode& parent = view_.nodes[node.parent];
      for (size_t lane = 0; lane < kLanes; ++lane) parent.lanes[lane] += node.lanes[lane];
      parent.count += node.count;
    }
    for (ViewNode& node : view_.nodes) node.extent = node.lanes[0] + node.lanes[1] + node.lanes[2];
    view_.lanes = view_.nodes[0].lanes;
    return std::move(view_);
  }

 private:
  uint32_t NodeOf(uint32_t tree_node) {
    path_.clear();
    uint32_t at = tree_node;
    for (; at != 0 && stamp_[at] != round_; at = tree_.parent[at]) path_.push_back(at);
    uint32_t node = at == 0 ? top_ : node_of_[at];
    for (; !path_.empty(); path_.pop_back()) {
      const uint32_t place = path_.back();
      ViewNode made;
      made.parent = node;
      made.frame = tree_.frame[place];
      made.tree_node = place;
      made.depth = view_.nodes[node].depth + 1;
      node = static_cast<uint32_t>(view_.nodes.size());
      view_.nodes.push_back(made);
      node_of_[place] = node;
      stamp_[place] = round_;
    }
    return node;
  }

  const CallTree& tree_;
  View view_;
  uint32_t top_ = 0;
  uint32_t round_ = 0;
  std::vector<uint32_t> node_of_, stamp_;  // a node of the tree in the view, and the round in which it was made
  std::vector<uint32_t> path_;
};

}  // namespace

View ViewOf(const CallTree& tree, const ViewChoice& choice) {
  std::vector<const Weight*> shown;
  for (const Weight& weight : tree.weights) {
    if (choice.shown[weight.lane]) shown.push_back(&weight);
  }
  ViewBuilder builder(tree);
  builder.StartBelow(0);
  if (!choice.split_threads) {
    for (const Weight* weight : shown) builder.Add(*weight);
    return builder.Take();
  }
  std::stable_sort(shown.begin(), shown.end(), [](const Weight* a, const Weight* b) { return a->thread < b->thread; });
  for (size_t i = 0; i < shown.size(); ++i) {
    if (i == 0 || shown[i]->thread != shown[i - 1]->thread) builder.StartBelow(builder.AddThread(shown[i]->thread));
    builder.Add(*shown[i]);
  }
  return builder.Take();
}

std::vector<Box> BoxesOf(const View& view, double least_width, size_t most) {
  const double whole = view.nodes[0].extent;
  if (!(whole > 0)) return {};
  std::vector<double> widths;
  for (const ViewNode& node : view.nodes) {
    if (node.extent >= least_width * whole) widths.push_back(node.extent);
  }
  double least = least_width * whole;
  if (widths.size() > most) {  // ties with the least one fall out together
    std::nth_element(widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(most), widths.end(),
                     std::greater<>());
    least = std::nextafter(widths[most], whole * 2);
  }
  std::vector<std::vector<uint32_t>> children(view.nodes.size());
  for (uint32_t i = 1; i < view.nodes.size(); ++i) {
    if (view.nodes[i].extent >= least) children[view.nodes[i].parent].push_back(i);
  }
  std::vector<Box> boxes, open = {{0, 0, 1}};
  while (!open.empty()) {
    const Box box = open.back();
    open.pop_back();
    boxes.push_back(box);
    std::vector<uint32_t>& below = children[box.node];
    std::stable_sort(below.begin(), below.end(),
                     [&](uint32_t a, uint32_t b) { return view.nodes[a].extent > view.nodes[b].extent; });
    double left = box.left;
    const size_t first = open.size();
    for (const uint32_t child : below) {
      const double width = view.nodes[child].extent / whole;
      open.push_back({child, left, width});
      left += width;
    }
    std::reverse(open.begin() + static_cast<std::ptrdiff_t>(first), open.end());
  }
  return boxes;
}

}  // namespace rapidbyte::report
