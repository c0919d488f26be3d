// The recording by CPU-time timers inside the program, for where the kernel refuses perf events.
//
// A shared object of ours is preloaded into the program and what it forks and executes (timer_agent.c). A sample stands
// for as many periods as its timer says it has run over. What this cannot see is said in Profile::missing: waits, the
// kernel, programs that are statically linked. One thread.
#pragma once

#include "sampler/record.h"

namespace rapidbyte::sampler {

Result<Recording> RecordByTimers(const RecordOptions& options);

}  // namespace rapidbyte::sampler
