#include "lab/interrupt.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/check.h"
#include "os/patience.h"

namespace rapidbyte::lab {
namespace {

std::atomic<Interrupt*> signalled = nullptr;

void OnSignal(int) {
  os::NoteStopSignal();
  if (Interrupt* interrupt = signalled.load()) interrupt->Trigger();
}

}  // namespace

Interrupt::Interrupt() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { RB_CHECK(fd_ >= 0); }

Interrupt::~Interrupt() { close(fd_); }

void Interrupt::Trigger() {
  const int saved = errno;
  triggered_ = true;
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable already.
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);
  errno = saved;
}

SignalScope::SignalScope(Interrupt& interrupt) {
  signalled = &interrupt;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &old_[i]);
}

SignalScope::~SignalScope() {
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_[i], nullptr);
  signalled = nullptr;
}

}  // namespace rapidbyte::lab
