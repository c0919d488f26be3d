// Decides while a recording runs whether enough of each stack is copied, by walking a few of the samples on trial.
//
// More than one per cent of stacks that go on beyond what was copied asks for four times as much. Trials are so few
// that they cost nothing beside the sampling itself. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sampler/address_space.h"
#include "sampler/unwinder.h"

namespace rapidbyte::sampler {

class StackNeed {
 public:
  // Whether a sample at this time should be tried: all at first, then a hundred a second.
  bool Wants(uint64_t time_ns);
  void Try(const SampleRecord& sample, const AddressSpace& space);

  bool more() const { return trials_ >= kLeastTrials && beyond_ >= 2 && beyond_ * 100 > trials_; }
  void StartOver() { trials_ = beyond_ = 0; }

 private:
  static constexpr size_t kLeastTrials = 24;
  static constexpr size_t kEagerTrials = 64;
  static constexpr uint64_t kPauseNanos = 10'000'000;

  size_t trials_ = 0;
  size_t beyond_ = 0;
  uint64_t last_ns_ = 0;
  Unwound unwound_;
};

}  // namespace rapidbyte::sampler
