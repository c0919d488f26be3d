// The destination table where there is none yet. Wasm-safe; one thread.
#pragma once

#include <string>
#include <vector>

#include "arrow/types.h"
#include "base/result.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// Creates the table with the stream's columns, inside the running transaction. Adds a sentence to `notes` for each
// column whose type is not the source's.
Status CreateTable(pgwire::Session& session, const Place& place, const arrow::Schema& stream,
                   std::vector<std::string>* notes);

}  // namespace rapidbyte::dest_postgres
