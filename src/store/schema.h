// The tables of every Rapidbyte database, as one ordered list of steps that each ran exactly once.
//
// A step is never changed once it was released; a new one is added at the end. docs/formats/store.md has the tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rapidbyte::store {

// In SQLite's words. {json} stands behind a text column that is read as JSON; {values} behind a key that PostgreSQL is
// to answer from alone, as SQLite can by itself.
std::span<const std::string_view> SchemaSteps();
int64_t SchemaVersion();  // of this build: how many steps there are

std::string ForSqlite(std::string_view step);
// INTEGER becomes bigint, REAL double precision, TEXT text that sorts by bytes, as SQLite's does.
std::string ForPostgres(std::string_view step);

}  // namespace rapidbyte::store
