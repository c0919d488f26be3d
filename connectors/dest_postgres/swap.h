// replace_by swap: a new table like the old one, loaded beside it, then put into its place. Wasm-safe; one thread.
#pragma once

#include <string>

#include "base/result.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// Errors: schema, naming all that would be lost with the old table: what depends on it, and what a new table cannot be
// given.
Status CheckSwap(pgwire::Session& session, const Place& place);

// Creates the new table; returns its name, qualified and quoted. Errors: as CheckSwap.
Result<std::string> CreateSwapTable(pgwire::Session& session, const Place& place);

// Waits until nobody uses the old table, gives the new one its owner, grants, settings, sequences and names, and drops
// it. Errors: the server's, where something has come to depend on the old table meanwhile.
Status Swap(pgwire::Session& session, const Place& place, const std::string& new_table);

}  // namespace rapidbyte::dest_postgres
