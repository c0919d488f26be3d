// Blocking, in one place: waits for a socket, a cancel token and a deadline at once. Any thread.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "net/connection.h"

namespace rapidbyte::net {

constexpr uint64_t kNoDeadline = UINT64_MAX;

// What became ready. All false: the deadline passed. An error or a hang-up of the socket counts as ready for all that
// was waited for, since the next call on it will tell.
struct Readiness {
  bool readable = false;
  bool writable = false;
};

// Waits until the socket `fd` is ready for what `wanted` names, or until MonotonicNanos() reaches `deadline_nanos`.
// Errors: kInterrupted once `cancel` is cancelled; kInternal when poll itself fails.
Result<Readiness> WaitForSocket(int fd, Readiness wanted, const CancelToken& cancel,
                                uint64_t deadline_nanos = kNoDeadline);

// The error of whatever a cancelled token ends.
Error InterruptedError();

}  // namespace rapidbyte::net
