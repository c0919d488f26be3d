// What can be seen of a machine that bears on how steadily it runs: its settings, and who else was busy on it.
//
// Plain data. A fact is missing where the machine does not show it (a container, a virtual machine), which is not the
// same as "off". Only `host` has a hash; nothing here is part of it, since settings and neighbours change by the hour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/campaign.h"

namespace rapidbyte::record {

// Over a span of time. Processors are counted in units of one: 0.5 is half of one.
struct Activity {
  double steal_share = 0;   // of the machine's time: what the hypervisor gave to others
  double other_cpus = 0;    // used by what is none of ours, also by processes that we cannot see
  uint64_t swap_pages = 0;  // swapped in or out
  struct Process {
    std::string name;
    double cpus = 0;
  };
  std::vector<Process> busiest;  // that are none of ours, by name, the busiest first
};

struct MachineFacts {
  HostFingerprint host;
  std::optional<std::string> governor;  // of frequency scaling, of the first processor
  std::optional<bool> turbo;
  std::optional<bool> smt;
  bool virtual_machine = false;
  std::optional<int> perf_event_paranoid;
  std::optional<std::string> huge_pages;  // always, madvise, never
  std::optional<int> aslr;                // 0: off, 2: all of it
  std::string folder;                     // that the disk was measured in
  std::string filesystem;                 // ext4, tmpfs, …
  uint64_t swap_total_bytes = 0;
  uint64_t swap_used_bytes = 0;
  double load_before = 0;  // mean of the last minute
  double load_after = 0;
  Activity activity;  // while it was measured
};

}  // namespace rapidbyte::record
