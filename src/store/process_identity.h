// Which process wrote a row, so that a later reader can tell whether it still runs. Linux; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace rapidbyte::store {

// A pid alone is used again; with the clock tick of its start since boot, and the boot, it is not.
struct ProcessIdentity {
  std::string host_name;
  std::string boot_id;  // /proc/sys/kernel/random/boot_id
  int64_t pid = 0;
  int64_t pid_started = 0;  // field 22 of /proc/PID/stat, clock ticks since boot
};

ProcessIdentity ThisProcess();

// Whether the process is known to be gone. One on another host counts as running: from here nobody can tell.
bool IsGone(const ProcessIdentity& process);

}  // namespace rapidbyte::store
