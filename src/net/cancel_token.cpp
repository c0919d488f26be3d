#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/check.h"
#include "net/connection.h"

namespace rapidbyte::net {

static_assert(std::atomic<bool>::is_always_lock_free, "Cancel() is called by signal handlers");

CancelToken::CancelToken() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { RB_CHECK(fd_ >= 0); }

CancelToken::~CancelToken() { close(fd_); }

void CancelToken::Cancel() {
  const int interrupted_errno = errno;
  cancelled_.store(true, std::memory_order_release);
  // Nobody reads the descriptor, so it stays readable for every thread. The write can only fail once it already is.
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);
  errno = interrupted_errno;
}

}  // namespace rapidbyte::net
