// rb_validate of a destination: what a run would be refused, found out of the catalog and by asking the server to plan
// the run's INSERT. Nothing is written, no trigger fires, and no lock is waited for longer than a second. Wasm-safe;
// one thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// {"findings"} for the request of docs/formats/connector_abi.md. Errors: only those of the connection.
Result<nlohmann::json> CheckDestination(pgwire::Session& session, const std::string& schema,
                                        const nlohmann::json& request);

}  // namespace rapidbyte::dest_postgres
