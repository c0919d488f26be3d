// One CPU's ring buffer, shared with the kernel (perf_event_open(2), "MMAP layout").
//
// It belongs to an event of our own thread that counts nothing; the events of a recording are redirected into it. It is
// as large as the system lets us lock, within bounds. One thread at a time.
#pragma once

#include <linux/perf_event.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace rapidbyte::sampler {

class Ring {
 public:
  // Null with errno where the CPU is offline (ENODEV) or no room is left at all.
  static std::unique_ptr<Ring> Open(int cpu, size_t most_bytes);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  int cpu() const { return cpu_; }
  int fd() const { return fd_; }
  size_t bytes() const { return bytes_; }
  Status Drain(const std::function<Status(std::span<const std::byte>)>& take);

 private:
  Ring(int cpu, int fd) : cpu_(cpu), fd_(fd) {}

  int cpu_;
  int fd_;
  void* mapped_ = nullptr;
  size_t bytes_ = 0;
  std::vector<std::byte> wrapped_;  // a record that goes over the end of the buffer, in one piece
};

// perf_event_open, which the C library does not wrap.
int OpenPerfEvent(perf_event_attr& attributes, int pid, int cpu);

}  // namespace rapidbyte::sampler
