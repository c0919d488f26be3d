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

std::atomic<uint64_t> stop_ns = 0;  // of the first signal; 0: none

}  // namespace

void NoteStopSignal() {
  uint64_t none = 0;
  stop_ns.compare_exchange_strong(none, MonotonicNanos());
}

bool StopSignalIsOld() {
  const uint64_t since = stop_ns.load();
  return since != 0 && MonotonicNanos() - since >= kStoppingLimitNanos;
}

Patience::Patience() : start_ns_(MonotonicNanos()), pause_ns_(kFirstPauseNanos) {}

bool Patience::WaitAgain() {
  const uint64_t limit = stop_ns.load() != 0 ? kStoppingLimitNanos : kLimitNanos;
  if (MonotonicNanos() - start_ns_ > limit) return false;
  std::this_thread::sleep_for(std::chrono::nanoseconds(pause_ns_));
  pause_ns_ = std::min(2 * pause_ns_, kMaxPauseNanos);
  return true;
}

}  // namespace rapidbyte::os
