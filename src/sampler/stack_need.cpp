#include "sampler/stack_need.h"

#include <algorithm>

namespace rapidbyte::sampler {
namespace {

constexpr uint32_t kLeastBytes = kMostStackBytes / 64;
constexpr uint32_t kStepUp = 4;
constexpr uint32_t kStepDown = 2;
constexpr size_t kFirstTrials = 64;
constexpr size_t kWindow = 256;                // trials
constexpr size_t kTooMany = 5;                 // of them beyond
constexpr double kMostBytesPerSecond = 512e6;  // of one running thread
constexpr uint64_t kEagerPauseNanos = 1'000'000;
constexpr uint64_t kPauseNanos = 10'000'000;

}  // namespace

bool StackNeed::Wants(uint64_t time_ns) {
  const uint64_t distance = std::max(time_ns, last_ns_) - std::min(time_ns, last_ns_);
  if (distance < (settled_ ? kPauseNanos : kEagerPauseNanos)) return false;
  last_ns_ = time_ns;
  return true;
}

void StackNeed::Try(const SampleRecord& sample, const AddressSpace& space) {
  Unwind(sample, space, unwound_);
  ++trials_;
  largest_ = std::max(largest_, unwound_.bytes);
  if (unwound_.end == StackEnd::kCopyEnded && sample.stack_cut) ++beyond_;
}

uint32_t StackNeed::Next(uint32_t bytes) {
  uint32_t next = bytes;
  if (beyond_ >= kTooMany) {
    const uint32_t more = std::min(bytes * kStepUp, kMostStackBytes);
    if (more * frequency_hz_ <= kMostBytesPerSecond) next = more;
    settled_ = true;
  } else if (!settled_ && trials_ >= kFirstTrials) {
    while (next / kStepDown >= std::max<uint64_t>(kLeastBytes, 2 * largest_)) next /= kStepDown;
    settled_ = true;
  }
  if (next != bytes || trials_ >= kWindow) trials_ = beyond_ = 0;
  return next;
}

}  // namespace rapidbyte::sampler
