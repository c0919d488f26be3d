// The stack of a thread that sleeps, read from outside while it does: of a thread that is not seen to fall asleep.
//
// Needs what attaching a debugger needs, and disturbs the thread in nothing. Of its registers only the instruction and
// stack pointer can be known. Any thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rapidbyte::sampler {

struct SleepingStack {
  uint64_t pc = 0;
  uint64_t sp = 0;
  std::vector<std::byte> bytes;  // from sp up, as far as memory is there
};

// Nothing where the thread runs, is gone or may not be looked at. Copies no more than `most_bytes`.
std::optional<SleepingStack> ReadSleepingStack(pid_t pid, pid_t tid, size_t most_bytes);

}  // namespace rapidbyte::sampler
