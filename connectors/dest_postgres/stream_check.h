// What one stream would meet at the destination. Wasm-safe; one thread.
#pragma once

#include <cstdint>
#include <string>

#include "arrow/types.h"
#include "base/result.h"
#include "dest_postgres/check_facts.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"
#include "sdk/findings.h"

namespace rapidbyte::dest_postgres {

inline constexpr uint64_t kCheckLockWaitMs = 1000;

// An error of the category "permission".
Error Denied(std::string message, std::string hint);

// Adds to `findings` in a read-only transaction of its own, which is rolled back. `stream` has no fields where nobody
// knows the source's columns: then what the columns decide is left out.
void CheckStream(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream,
                 const ServerFacts& server, sdk::Findings& findings);

}  // namespace rapidbyte::dest_postgres
