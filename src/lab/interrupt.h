// The wish to stop, raised by Ctrl-C and seen by every blocking wait of the laboratory.
//
// Trigger is async-signal-safe and final. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>

namespace rapidbyte::lab {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void Trigger();
  bool triggered() const { return triggered_.load(); }
  int fd() const { return fd_; }  // readable from the trigger on, for poll

 private:
  std::atomic<bool> triggered_ = false;
  int fd_;
};

// While it lives, SIGINT, SIGTERM and SIGHUP trigger `interrupt`, which must outlive it. A second signal of the same
// kind ends the process at once. One at a time in a process.
class SignalScope {
 public:
  explicit SignalScope(Interrupt& interrupt);
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, kSignals.size()> old_{};
};

}  // namespace rapidbyte::lab
