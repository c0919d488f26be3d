// The schemas that a campaign works in: one for each dataset that is moved, and one that it is moved to.
//
// They carry a mark, so that a schema of the same name that someone else made is never touched, and the session that
// claimed them holds a lock, so that one campaign at a time uses a database.
#pragma once

#include <string>

#include "base/result.h"
#include "lab/postgres.h"

namespace rapidbyte::lab {

inline constexpr const char* kDestinationSchema = "rapidbyte_bench_destination";

// Takes the lock for the life of the session, drops what a killed campaign left, and makes the destination. Errors:
// kConfiguration where the destination is not ours, or where another campaign is running.
Status ClaimSchemas(Postgres& server);

// A schema of ours that must not be there yet. Errors: kConfiguration where somebody else's is.
Status MakeSchema(Postgres& server, const std::string& schema);

// Makes the destination schema anew, empty, and checkpoints, so that every run starts from the same state.
Status CleanDestination(Postgres& server);

// Drops all of ours.
Status DropSchemas(Postgres& server);

// Where the role may; a server that is only lent to us does without.
Status CheckpointIfAllowed(Postgres& server);

}  // namespace rapidbyte::lab
