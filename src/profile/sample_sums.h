// Samples of one thread, stack and state summed up as they come, so that memory does not grow with their number.
//
// Sums keep the order in which their first sample came. Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

class SampleSums {
 public:
  // `sample.time_ns` is not kept. Count and value stop at the largest there is.
  void Add(const Sample& sample);
  std::vector<Sample> Take() { return std::move(sums_); }
  size_t size() const { return sums_.size(); }

 private:
  std::vector<Sample> sums_;
  IdIndex index_;
};

}  // namespace rapidbyte::profile
