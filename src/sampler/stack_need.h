// Decides while a recording runs how much of each stack is copied, by walking a few of the samples on trial.
//
// Begins with as much as the kernel copies, so that short programs have whole stacks, and with less for the switches of
// threads, which may be many. When enough stacks were tried for the first time it goes down to what holds twice the
// largest of them, for both. From then on it only goes up, as soon as two in a hundred went on
// beyond what was copied, and never to more bytes a second than can be taken in: a lost sample is worse than a short
// one. Trials are so few that they cost nothing beside the sampling itself. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sampler/address_space.h"
#include "sampler/perf_session.h"
#include "sampler/unwinder.h"

namespace rapidbyte::sampler {

class StackNeed {
 public:
  static constexpr uint32_t kFirstBytes = kMostStackBytes;
  static constexpr uint32_t kFirstSwitchBytes = 16 * 1024;

  explicit StackNeed(double frequency_hz) : frequency_hz_(frequency_hz) {}

  // Whether a sample at this time should be tried: about a thousand a second at first, then a hundred. Samples of one
  // CPU come in the order of time, those of another one may lie before them.
  bool Wants(uint64_t time_ns);
  void Try(const SampleRecord& sample, const AddressSpace& space);

  // How many bytes are to be copied from now on, where `bytes` were until now.
  uint32_t Next(uint32_t bytes);
  bool settled() const { return settled_; }

 private:
  double frequency_hz_;
  size_t trials_ = 0;
  size_t beyond_ = 0;
  uint64_t largest_ = 0;  // bytes of a stack
  bool settled_ = false;  // it will not go down any more
  uint64_t last_ns_ = 0;
  Unwound unwound_;
};

}  // namespace rapidbyte::sampler
