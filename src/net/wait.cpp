#include "net/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/clock.h"

namespace rapidbyte::net {
namespace {

// For poll: -1 waits forever. Rounded up, so that a deadline is never polled for in a busy loop.
int RemainingMillis(uint64_t deadline_nanos) {
  if (deadline_nanos == kNoDeadline) return -1;
  const uint64_t now = MonotonicNanos();
  if (now >= deadline_nanos) return 0;
  return static_cast<int>(std::min<uint64_t>((deadline_nanos - now + 999'999) / 1'000'000, 3'600'000));
}

}  // namespace

Error InterruptedError() { return Fail(ErrorCode::kInterrupted, "interrupted").value(); }

Result<Readiness> WaitForSocket(int fd, Readiness wanted, const CancelToken& cancel, uint64_t deadline_nanos) {
  const auto events = static_cast<int16_t>((wanted.readable ? POLLIN : 0) | (wanted.writable ? POLLOUT : 0));
  pollfd polled[] = {{fd, events, 0}, {cancel.fd(), POLLIN, 0}};
  for (;;) {
    const int timeout = RemainingMillis(deadline_nanos);
    const int ready = poll(polled, 2, timeout);
    if (ready < 0 && errno != EINTR) {
      return Fail(ErrorCode::kInternal, std::string("cannot wait for a socket: ") + std::strerror(errno));
    }
    if (cancel.cancelled()) return Fail(InterruptedError());
    if (ready > 0 && polled[0].revents != 0) {
      const bool broken = (polled[0].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
      return Readiness{wanted.readable && (broken || (polled[0].revents & POLLIN) != 0),
                       wanted.writable && (broken || (polled[0].revents & POLLOUT) != 0)};
    }
    if (ready == 0 && timeout == 0) return Readiness{};
  }
}

}  // namespace rapidbyte::net
