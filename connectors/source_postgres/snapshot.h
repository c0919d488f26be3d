// One moment of the source for all streams of a run, and locks under which no relation changes while it is read.
//
// COPY alone takes its snapshot before it waits for its lock: whoever has rewritten the table meanwhile (TRUNCATE,
// ALTER TABLE … TYPE) leaves it empty, or of other types, for that snapshot. Here the locks come first, then the
// snapshot, then the description of the columns. docs/decisions/016 has the reasons. Wasm-safe; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "source_postgres/relation.h"

namespace rapidbyte::source_postgres {

struct SnapshotRules {
  std::string schema;
  uint64_t lock_wait_timeout_ms = 0;  // for all locks together; 0: for ever
  bool filter_rows = false;           // row-level security may leave rows out; else that is an error
};

struct Snapshot {
  std::vector<Relation> relations;  // one of each stream, described
  std::string name;                 // as pg_export_snapshot gave it, for further sessions that read the same moment
  std::string server;               // sdk::kServerIdentity
  bool raw_text = false;            // text may be anything: CheckText
};

// Begins the transaction in `session` that the streams are read in. Errors: schema, permission; transient_db where a
// lock was not to be had in time; those of the connection.
Result<Snapshot> TakeSnapshot(pgwire::Session& session, const SnapshotRules& rules,
                              const std::vector<StreamRequest>& streams);

}  // namespace rapidbyte::source_postgres
