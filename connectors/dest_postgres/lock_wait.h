// What is said after a lock was waited for in vain. Wasm-safe; one thread.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// The server's `error`, a 55P03, with the table, who holds a lock on it as far as the role may see, and the key that
// says how long to wait. The failed transaction is over afterwards.
Error ExplainLockWait(pgwire::Session& session, const Place& place, uint64_t timeout_ms, Error error);

}  // namespace rapidbyte::dest_postgres
