// The temporary table that rows go to first: where the server has to cast them, and by replace_by staged.
// Wasm-safe; one thread.
#pragma once

#include "base/result.h"
#include "dest_postgres/target_table.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// Creates it, and makes sure that its rows could be inserted: types that cannot be cast and missing rights are refused
// before the first row instead of after the last one.
Status CreateStaging(pgwire::Session& session, const TargetTable& target);

// Moves its `rows` rows into the table; returns how many the server took. The server does not say where a value is that
// it could not cast: the error names column and row where a search, of some seconds a column at most, has found it.
Result<uint64_t> InsertStaged(pgwire::Session& session, const WritePlan& plan, const TargetTable& target,
                              uint64_t rows);

}  // namespace rapidbyte::dest_postgres
