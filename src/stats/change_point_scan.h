#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

inline constexpr size_t kMinSegment = 5;

struct Split {
  size_t index = 0;      // first point after the split, relative to the segment
  double explained = 0;  // share of the segment's variation that the step explains, 0 to 1
};

class ChangePointScan {
 public:
  ChangePointScan(std::span<const double> values, double correlation);

  size_t size() const { return scores_.size(); }
  Split BestSplit(size_t begin, size_t end) const;
  double PValue(double explained, size_t scanned) const;
  double Explained(size_t begin, size_t end, size_t index) const;

 private:
  double Sum(size_t begin, size_t end) const { return sums_[end] - sums_[begin]; }

  std::vector<double> scores_;
  std::vector<double> whitened_;
  std::vector<double> sums_;
  double correlation_;
  double variation_ = 0;
};

}  // namespace rapidbyte::stats
