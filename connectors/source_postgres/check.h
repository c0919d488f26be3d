// rb_validate of a source: does with all streams what a run does up to the first row, and undoes it. Wasm-safe; one
// thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "base/result.h"
#include "pgwire/session.h"
#include "source_postgres/snapshot.h"

namespace rapidbyte::source_postgres {

// {"findings", "streams"}: everything that a run would fail at before its first row, and the streams' columns (null
// where they are not to be had). Waits a second for locks. Errors: only those of the connection.
Result<nlohmann::json> CheckSource(pgwire::Session& session, SnapshotRules rules,
                                   const std::vector<StreamRequest>& streams);

}  // namespace rapidbyte::source_postgres
