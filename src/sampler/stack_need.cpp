#include "sampler/stack_need.h"

namespace rapidbyte::sampler {

bool StackNeed::Wants(uint64_t time_ns) {
  if (trials_ >= kEagerTrials && time_ns < last_ns_ + kPauseNanos) return false;
  last_ns_ = time_ns;
  return true;
}

void StackNeed::Try(const SampleRecord& sample, const AddressSpace& space) {
  Unwind(sample, space, unwound_);
  ++trials_;
  if (unwound_.beyond) ++beyond_;
}

}  // namespace rapidbyte::sampler
