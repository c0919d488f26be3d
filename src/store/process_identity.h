// Which process wrote a row, so that a later reader can tell whether it still runs. Linux; any thread.
#pragma once

#include "record/campaign.h"

namespace rapidbyte::store {

using record::ProcessIdentity;

ProcessIdentity ThisProcess();

// Whether the process is known to be gone. One on another host counts as running: from here nobody can tell.
bool IsGone(const ProcessIdentity& process);

}  // namespace rapidbyte::store
