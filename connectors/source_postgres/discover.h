// What a source's schema holds, as rb_discover and rb_validate answer it. Wasm-safe; one thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "pgwire/session.h"
#include "source_postgres/relation.h"

namespace rapidbyte::source_postgres {

// {"name", "columns"} of a described relation.
nlohmann::json DescribeStream(const Relation& relation);

// {"streams", "notes"}: all tables and views of the schema in a transaction of its own, and a sentence about each that
// is left out, or that no run could read; without "notes" where there is none.
Result<nlohmann::json> DiscoverStreams(pgwire::Session& session, const std::string& schema, bool filter_rows);

}  // namespace rapidbyte::source_postgres
