// The recording by perf events: attaches, drains the buffers until the end, and makes the profile of what was spooled.
//
// While the program runs it does no more than copy records, open the files that are mapped, and walk a few stacks on
// trial to see whether enough of them is copied. One thread.
#pragma once

#include "sampler/perf_session.h"
#include "sampler/record.h"

namespace rapidbyte::sampler {

Result<Recording> RecordByEvents(const RecordOptions& options, const Permission& permission);

}  // namespace rapidbyte::sampler
