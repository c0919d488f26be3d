// The queries over the catalog behind replace_by swap. Each returns one text a row. Wasm-safe.
#pragma once

#include <string>

#include "dest_postgres/write_plan.h"

namespace rapidbyte::dest_postgres {

// What would be lost with the old table: "the view v depends on it".
std::string SwapLossesQuery(const Place& place);

// The new table's name, and the statement that creates it.
std::string SwapTableQuery(const Place& place);

// Statements: the new table's owner; none where it is the right one already.
std::string SwapOwnerQuery(const Place& place, const std::string& new_table);

// Statements: grants, storage parameters, comments, statistics targets, and the sequences that belong to columns.
std::string SwapSettingsQuery(const Place& place, const std::string& new_table);

// Statements for after the swap: the indexes' names. NULL where old and new indexes differ.
std::string SwapIndexesQuery(const Place& place, const std::string& new_table);

}  // namespace rapidbyte::dest_postgres
