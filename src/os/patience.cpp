#include "os/patience.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "base/clock.h"

namespace rapidbyte::os {
namespace {

constexpr uint64_t kFirstPauseNanos = 1'000'000;
constexpr uint64_t kMaxPauseNanos = 50'000'000;
constexpr uint64_t kLimitNanos = 60'000'000'000;
constexpr uint64_t kStoppingLimitNanos = 1'000'000'000;

std::atomic<bool> is_stopping = false;

}  // namespace

void NoteStopSignal() { is_stopping.store(true); }

Patience::Patience() : start_ns_(MonotonicNanos()), pause_ns_(kFirstPauseNanos) {}

bool Patience::WaitAgain() {
  const uint64_t limit = is_stopping.load() ? kStoppingLimitNanos : kLimitNanos;
  if (MonotonicNanos() - start_ns_ > limit) return false;
  std::this_thread::sleep_for(std::chrono::nanoseconds(pause_ns_));
  pause_ns_ = std::min(2 * pause_ns_, kMaxPauseNanos);
  return true;
}

}  // namespace rapidbyte::os
