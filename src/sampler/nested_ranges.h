// Which of many address ranges, some inside others, is the innermost one at an address.
//
// Ranges are added in any order and sealed into a list of the addresses at which the answer changes, so that a question
// is one binary search however deep they nest. Of two ranges that begin at the same address the one that was added
// later is the inner one; of two that overlap otherwise, the one that begins later. Any thread, once sealed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace rapidbyte::sampler {

template <typename Value>
class NestedRanges {
 public:
  // From `low` up to, not including, `high`; nothing where that is empty.
  void Add(uint64_t low, uint64_t high, Value value) {
    if (low < high) ranges_.push_back({low, high, value});
  }

  void Seal() {
    std::stable_sort(ranges_.begin(), ranges_.end(), [](const auto& a, const auto& b) { return a.low < b.low; });
    std::vector<Range> open;  // innermost last
    for (const Range& range : ranges_) {
      Close(open, range.low);
      open.push_back(range);
      Mark(range.low, range.value);
    }
    Close(open, UINT64_MAX);
    ranges_ = {};
  }

  std::optional<Value> At(uint64_t address) const {
    const auto after = std::upper_bound(changes_.begin(), changes_.end(), address,
                                        [](uint64_t value, const auto& change) { return value < change.start; });
    return after == changes_.begin() ? std::nullopt : std::prev(after)->value;
  }

 private:
  struct Range {
    uint64_t low, high;
    Value value;
  };
  struct Change {
    uint64_t start;
    std::optional<Value> value;
  };

  void Mark(uint64_t start, std::optional<Value> value) {
    if (!changes_.empty() && changes_.back().start == start) changes_.pop_back();
    changes_.push_back({start, value});
  }
  // Ends the open ranges that reach no further than `address`: what lies around them shows again.
  void Close(std::vector<Range>& open, uint64_t address) {
    while (!open.empty() && open.back().high <= address) {
      const uint64_t end = open.back().high;
      while (!open.empty() && open.back().high <= end) open.pop_back();
      Mark(end, open.empty() ? std::nullopt : std::optional<Value>(open.back().value));
    }
  }

  std::vector<Range> ranges_;
  std::vector<Change> changes_;
};

}  // namespace rapidbyte::sampler
