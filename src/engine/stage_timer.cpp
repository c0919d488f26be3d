#include "engine/stage_timer.h"

#include <algorithm>

#include "base/clock.h"

namespace rapidbyte::engine {

using abi::HostFunction;
using abi::Phase;
using record::StageActivity;

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
  if (spans_) spans_->Add(StageActivity::kPrepare, segment_.wall, now.wall);
}

void StageTimer::CloseGuestSegment(const Instant& now) {
  record_.guest.wall_nanos += now.wall - segment_.wall;
  record_.guest.work_nanos += now.cpu - segment_.cpu;
  record_.guest_phase_nanos[static_cast<size_t>(phase_)] += now.wall - segment_.wall;
  if (spans_) spans_->Add(GuestActivity(), segment_.wall, now.wall);
}

void StageTimer::LeaveHost(HostFunction function, uint64_t wait_nanos, uint64_t wire_bytes) {
  const Instant now = Now();
  const record::TimeSplit call{now.wall - segment_.wall, now.cpu - segment_.cpu, wait_nanos};
  record_.functions[static_cast<size_t>(function)].Add(call);
  AccountTransfer(function, call.wall_nanos, wire_bytes, now.wall);
  if (spans_) AddHostSpans(function, wait_nanos, now.wall);
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

void StageTimer::KeepSpans(uint64_t origin_nanos) {
  spans_.emplace(origin_nanos);
  // A source works on the batch that it will emit, a destination on the one that it got last.
  spans_->SetBatch(side_ == Side::kSource ? 1 : 0);
}

void StageTimer::CountBatch() {
  if (!spans_) return;
  if (side_ == Side::kDestination) {
    spans_->SetBatch(spans_->batch() + 1);
  } else {
    batch_emitted_ = true;
  }
}

StageActivity StageTimer::GuestActivity() const {
  switch (phase_) {
    case Phase::kTransfer:
      return side_ == Side::kSource ? StageActivity::kDecode : StageActivity::kEncode;
    case Phase::kFinish:
      return StageActivity::kEncode;
    case Phase::kCommit:
      return StageActivity::kCommit;
    case Phase::kSetup:
    case Phase::kPrepare:
      break;
  }
  return StageActivity::kPrepare;
}

StageActivity StageTimer::HostActivity(HostFunction function) const {
  if (function == HostFunction::k_emit_batch) return StageActivity::kEmit;
  if (function == HostFunction::k_next_batch) return StageActivity::kReceive;
  const bool is_network = function == HostFunction::k_net_read || function == HostFunction::k_net_write;
  if (!is_network) return GuestActivity();
  if (phase_ == Phase::kCommit) return StageActivity::kCommit;
  if (phase_ != Phase::kTransfer && phase_ != Phase::kFinish) return StageActivity::kPrepare;
  return side_ == Side::kSource ? StageActivity::kFetch : StageActivity::kFlush;
}

// Where in a call the wait was is known by what the function does: a full channel and a full socket are met at the end,
// an empty one at the beginning. What a COMMIT takes is the server's work, not a wait for more of it.
void StageTimer::AddHostSpans(HostFunction function, uint64_t wait_nanos, uint64_t now) {
  const StageActivity activity = HostActivity(function);
  const uint64_t start = segment_.wall;
  if (activity == StageActivity::kCommit) wait_nanos = 0;
  wait_nanos = std::min(wait_nanos, now - start);
  const bool channel = function == HostFunction::k_emit_batch || function == HostFunction::k_next_batch;
  const StageActivity wait = channel ? StageActivity::kWaitStage : StageActivity::kWaitServer;
  if (function == HostFunction::k_emit_batch || function == HostFunction::k_net_write) {
    spans_->Add(activity, start, now - wait_nanos);
    spans_->Add(wait, now - wait_nanos, now);
  } else {
    spans_->Add(wait, start, start + wait_nanos);
    spans_->Add(activity, start + wait_nanos, now);
  }
  if (batch_emitted_) spans_->SetBatch(spans_->batch() + 1);
  batch_emitted_ = false;
}

void StageTimer::SetPhase(Phase phase) {
  const uint64_t now = MonotonicNanos();
  record_.phase_nanos[static_cast<size_t>(phase_)] += now - phase_start_;
  phase_start_ = now;
  phase_ = phase;
  if (phase == Phase::kPrepare) prepare_start_ = now;
}

}  // namespace rapidbyte::engine
