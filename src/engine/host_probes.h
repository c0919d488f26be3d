// USDT probes of provider "rapidbyte" around every host function, for bpftrace, perf and SystemTap (docs/tracing.md).
//
// FUNCTION__enter (stage, size) and FUNCTION__return (stage, result, wait_ns, batch): stage is 0 for the source, 1 for
// the destination; size is what the guest offers or asks for. A probe that nobody watches is one nop.
#pragma once

#include <sys/sdt.h>

#define RB_PROBE_ENTER(function, stage, size) DTRACE_PROBE2(rapidbyte, function##__enter, stage, size)
#define RB_PROBE_RETURN(function, stage, result, wait_nanos, batch) \
  DTRACE_PROBE4(rapidbyte, function##__return, stage, result, wait_nanos, batch)
