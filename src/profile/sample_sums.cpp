#include "profile/sample_sums.h"

#include <algorithm>
#include <limits>

namespace rapidbyte::profile {
namespace {

uint64_t Hash(const Sample& sample) {
  const uint64_t key = uint64_t{sample.thread} << 34 ^ uint64_t { Index(sample.stack) } << 2 ^ uint64_t(sample.state);
  const uint64_t mixed = (key ^ key >> 31) * 0x9e3779b97f4a7c15u;
  return mixed ^ mixed >> 29;
}

}  // namespace

void SampleSums::Add(const Sample& sample) {
  const auto fresh = static_cast<uint32_t>(sums_.size());
  const uint32_t at = index_.FindOrAdd(Hash(sample), fresh, [&](uint32_t other) {
    const Sample& sum = sums_[other];
    return sum.stack == sample.stack && sum.thread == sample.thread && sum.state == sample.state;
  });
  if (at == fresh) {
    sums_.push_back(sample);
    sums_.back().time_ns = kNoTime;
    return;
  }
  Sample& sum = sums_[at];
  sum.value = std::min(sum.value + sample.value, std::numeric_limits<double>::max());
  sum.count = static_cast<uint32_t>(std::min<uint64_t>(UINT32_MAX, uint64_t{sum.count} + sample.count));
}

}  // namespace rapidbyte::profile
