// Who used the processors of this machine between two moments, from /proc.
//
// What is ours is this process with its descendants, and the processes that the caller names with theirs; all else are
// others. Processes that cannot be seen (of another container) count among the others by the machine's total. A process
// that lived only between the two moments is in no list, but in the total. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "record/machine_facts.h"

namespace rapidbyte::lab {

struct ProcessTicks {
  std::string name;
  int64_t parent = 0;
  int64_t started = 0;       // since boot: a pid is used again
  uint64_t own = 0;          // user and system time, in clock ticks
  uint64_t with_waited = 0;  // and of those of its children that it has waited for
};

struct ActivitySnapshot {
  uint64_t total = 0;  // of all processors, in clock ticks
  uint64_t busy = 0;   // neither idle, nor waiting for a disk, nor stolen
  uint64_t steal = 0;
  int cpus = 0;
  uint64_t swap_pages = 0;
  std::map<int64_t, ProcessTicks> processes;  // by pid
};

ActivitySnapshot TakeActivity(const std::filesystem::path& proc = "/proc");

// `ours`: pids besides whose descendants count. Pure.
record::Activity ActivityBetween(const ActivitySnapshot& before, const ActivitySnapshot& after,
                                 const std::set<int64_t>& ours);

}  // namespace rapidbyte::lab
