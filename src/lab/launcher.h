// What the launcher tells about the program it ran. C and C++; written and read on one machine within one build.
#pragma once

#include <stdint.h>

#define LAUNCHER_REPORT_FD 3

struct launcher_report {
  int32_t error;                    // errno where the program could not be started, otherwise 0
  int32_t status;                   // as wait4 gives it
  uint64_t start_nanos, end_nanos;  // CLOCK_MONOTONIC
  uint64_t user_micros, system_micros;
  uint64_t max_rss_kib;
  uint64_t blocks_read, blocks_written;  // of 512 bytes, whatever the disk's are: ru_inblock, ru_oublock
  uint64_t voluntary_switches, involuntary_switches;
};
