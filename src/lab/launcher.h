// What the launcher tells about the program it ran. C and C++; written and read on one machine within one build.
#pragma once

#include <stdint.h>

#define LAUNCHER_REPORT_FD 3

// What happens to the processes that the program leaves behind: the launcher's second argument.
#define LAUNCHER_KEEP 'k'   // nothing
#define LAUNCHER_GROUP 'g'  // those of its process group are killed
#define LAUNCHER_TREE 't'   // all its descendants are killed and counted, also those that left the group or session

struct launcher_report {
  int32_t error;                         // errno where the program could not be started, otherwise 0
  int32_t status;                        // as wait4 gives it
  uint64_t start_nanos, end_nanos;       // CLOCK_MONOTONIC
  uint64_t user_micros, system_micros;   // of all that were waited for, by the program or here
  uint64_t max_rss_kib;                  // of the largest of them
  uint64_t tree_rss_kib;                 // the largest sum that was seen (LAUNCHER_TREE), at least max_rss_kib
  uint64_t blocks_read, blocks_written;  // of 512 bytes, whatever the disk's are: ru_inblock, ru_oublock
  uint64_t voluntary_switches, involuntary_switches;
};
