#include "engine/stage_timer.h"

#include "base/clock.h"

namespace rapidbyte::engine {

using abi::HostFunction;
using abi::Phase;

StageTimer::Instant StageTimer::Now() { return {MonotonicNanos(), ThreadCpuNanos()}; }

void StageTimer::Start() {
  start_ = Now();
  phase_start_ = start_.wall;
}

void StageTimer::Stop() {
  SetPhase(Phase::kSetup);
  const Instant now = Now();
  record_.total.wall_nanos = now.wall - start_.wall;
  record_.total.work_nanos = now.cpu - start_.cpu;
  for (const record::HostFunctionStats& function : record_.functions) {
    record_.total.wait_nanos += function.time.wait_nanos;
  }
}

void StageTimer::EnterGuest() { segment_ = Now(); }

void StageTimer::LeaveGuest() { CloseGuestSegment(Now()); }

void StageTimer::EnterHost() {
  const Instant now = Now();
  CloseGuestSegment(now);
  segment_ = now;
}

void StageTimer::EnterHosting() { segment_ = Now(); }

void StageTimer::LeaveHosting() {
  const Instant now = Now();
  record_.hosting += {now.wall - segment_.wall, now.cpu - segment_.cpu, 0};
}

void StageTimer::CloseGuestSegment(const Instant& now) {
  record_.guest.wall_nanos += now.wall - segment_.wall;
  record_.guest.work_nanos += now.cpu - segment_.cpu;
  record_.guest_phase_nanos[static_cast<size_t>(phase_)] += now.wall - segment_.wall;
}

void StageTimer::LeaveHost(HostFunction function, uint64_t wait_nanos, uint64_t wire_bytes) {
  const Instant now = Now();
  const record::TimeSplit call{now.wall - segment_.wall, now.cpu - segment_.cpu, wait_nanos};
  record_.functions[static_cast<size_t>(function)].Add(call);
  AccountTransfer(function, call.wall_nanos, wire_bytes, now.wall);
  segment_ = now;
}

void StageTimer::AccountTransfer(HostFunction function, uint64_t nanos, uint64_t wire_bytes, uint64_t now) {
  const bool reads = function == HostFunction::k_net_read;
  const bool writes = function == HostFunction::k_net_write;
  if (!reads && !writes) return;
  if (side_ == Side::kSource && phase_ == Phase::kTransfer && reads) {
    record_.fetch_nanos += nanos;
    record_.wire_bytes += wire_bytes;
    if (prepare_start_ != 0) {
      record_.query_nanos += now - prepare_start_;
      prepare_start_ = 0;
    }
  }
  if (side_ == Side::kDestination && (phase_ == Phase::kTransfer || phase_ == Phase::kFinish)) {
    record_.flush_nanos += nanos;
    if (writes) record_.wire_bytes += wire_bytes;
  }
}

void StageTimer::SetPhase(Phase phase) {
  const uint64_t now = MonotonicNanos();
  record_.phase_nanos[static_cast<size_t>(phase_)] += now - phase_start_;
  phase_start_ = now;
  phase_ = phase;
  if (phase == Phase::kPrepare) prepare_start_ = now;
}

}  // namespace rapidbyte::engine
