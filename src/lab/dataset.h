// The tables that are moved: bench_events, with the same rows each time, and a verified, marked place for them.
//
// Everything lies in two schemas of our own. They carry a mark, so that a schema of the same name that someone else
// made is never touched, and they are locked by the session while a campaign uses them.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "lab/postgres.h"

namespace rapidbyte::lab {

inline constexpr const char* kSourceSchema = "rapidbyte_bench_source";
inline constexpr const char* kDestinationSchema = "rapidbyte_bench_destination";
inline constexpr const char* kBenchTable = "bench_events";

// Claims both schemas for the life of the session and empties them. Errors: kConfiguration where one of them is not
// ours, or where another campaign is using them.
Status ClaimSchemas(Postgres& server);

// Makes bench_events with `rows` rows in the source schema, analysed and checkpointed.
Status SeedBenchEvents(Postgres& server, uint64_t rows);

// Makes the destination schema anew, empty, and checkpoints, so that every run starts from the same state.
Status CleanDestination(Postgres& server);

// Drops both schemas.
Status DropSchemas(Postgres& server);

}  // namespace rapidbyte::lab
