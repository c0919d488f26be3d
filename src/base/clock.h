// The clocks that time accounting rests on. Any thread.
#pragma once

#include <cstdint>
#include <ctime>

namespace rapidbyte {

// Nanoseconds of CLOCK_MONOTONIC; about 25 ns a call.
inline uint64_t MonotonicNanos() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

// CPU time of the calling thread in nanoseconds; a system call, about 200 ns.
inline uint64_t ThreadCpuNanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

inline double NanosToSeconds(uint64_t nanos) { return static_cast<double>(nanos) * 1e-9; }

}  // namespace rapidbyte
