// A call tree in the making: nodes in any order in which a parent comes before its children. For flamegraph_tree only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "report/flamegraph_tree.h"

namespace rapidbyte::report {

// Share of the whole, of the side where it weighs most: what is small on both sides is small.
class Importance {
 public:
  explicit Importance(const WeightedStacks& weighted) {
    for (uint32_t side = 0; side < kSides; ++side) {
      const double total = weighted.SideTotal(side);
      factor_[side] = total > 0 ? 1 / total : 0;
    }
  }
  double Of(const std::array<double, kSides>& values) const {
    return std::max(values[0] * factor_[0], values[1] * factor_[1]);
  }
  double ShareOf(uint32_t side, double value) const { return value * factor_[side]; }

 private:
  std::array<double, kSides> factor_ = {};
};

// About the bytes of a node's and a weight's columns.
constexpr size_t kNodeBytes = 5;
constexpr size_t kWeightBytes = 8;

struct Draft {
  std::vector<uint32_t> parent = {0}, frame = {kNoFrame}, stack = {0};
  std::vector<double> importance = {1};
  std::vector<Weight> own;     // at: a node here
  std::vector<Weight> pruned;  // at: the node here whose children were not kept

  uint32_t Add(uint32_t its_parent, uint32_t its_frame, uint32_t its_stack, double its_importance) {
    parent.push_back(its_parent);
    frame.push_back(its_frame);
    stack.push_back(its_stack);
    importance.push_back(its_importance);
    return static_cast<uint32_t>(parent.size() - 1);
  }
};

CallTree Arrange(Draft draft, const WeightedStacks& weighted, const Importance& importance);

}  // namespace rapidbyte::report
