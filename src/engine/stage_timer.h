// The time accounting of one stage: every moment between Start and Stop belongs to guest code, to a host function, to
// hosting the connector, or to nobody, which is shown as unattributed.
//
// Both clocks are read whenever control crosses between guest and host, about half a microsecond a host call, so that
// work is the thread's own CPU time and adds up to it. Belongs to the stage's thread.
#pragma once

#include <optional>

#include "abi/abi.h"
#include "engine/span_log.h"
#include "record/run_record.h"

namespace rapidbyte::engine {

enum class Side { kSource, kDestination };

class StageTimer {
 public:
  explicit StageTimer(Side side) : side_(side) {}

  void Start();
  void Stop();

  void EnterGuest();  // an export is called
  void LeaveGuest();  // it has returned
  void EnterHost();   // the guest calls a host function
  // ... which returns. `wait_nanos` of it were spent blocked; `wire_bytes` were moved to or from a server.
  void LeaveHost(abi::HostFunction function, uint64_t wait_nanos, uint64_t wire_bytes);

  void EnterHosting();  // the host loads the connector, makes or ends an instance of it, or ends a stream
  void LeaveHosting();

  // Not within guest code: what came before belongs to the phase before.
  void SetPhase(abi::Phase phase);

  // Also keeps a span of everything from now on; costs one comparison at each crossing where it is not wanted.
  void KeepSpans(uint64_t origin_nanos);
  void CountBatch();  // within a host function: the guest hands over a batch, or is about to get one
  const SpanLog* spans() const { return spans_ ? &*spans_ : nullptr; }

  record::StageRecord& record() { return record_; }

 private:
  struct Instant {
    uint64_t wall = 0;
    uint64_t cpu = 0;
  };
  static Instant Now();
  void CloseGuestSegment(const Instant& now);
  record::StageActivity GuestActivity() const;
  record::StageActivity HostActivity(abi::HostFunction function) const;
  void AddHostSpans(abi::HostFunction function, uint64_t wait_nanos, uint64_t now);
  void AccountTransfer(abi::HostFunction function, uint64_t nanos, uint64_t wire_bytes, uint64_t now);

  const Side side_;
  abi::Phase phase_ = abi::Phase::kSetup;
  Instant start_;
  Instant segment_;  // where the current guest, host or hosting segment began
  uint64_t phase_start_ = 0;
  uint64_t prepare_start_ = 0;  // 0: the first rows were seen
  record::StageRecord record_;
  std::optional<SpanLog> spans_;
  bool batch_emitted_ = false;  // by the current call
};

}  // namespace rapidbyte::engine
