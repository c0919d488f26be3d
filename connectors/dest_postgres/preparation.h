// Everything of a run before its first batch: the transaction, the table found or created and locked, room made, and
// how each column gets in. Wasm-safe; one thread.
#pragma once

#include <string>
#include <vector>

#include "arrow/types.h"
#include "base/result.h"
#include "dest_postgres/commit.h"
#include "dest_postgres/target_table.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte {

struct Prepared {
  TargetTable target;
  CommitTicket ticket;
  WritePlan plan;                  // append where the table was created just now
  std::vector<std::string> notes;  // sentences for the user
};

// Begins a transaction and prepares it. Whoever meets a deadlock, or another run that creates the same at the same
// time, starts over: nothing has been taken from the source yet. `lock_timeout_ms` bounds each wait for a lock; 0: no
// bound. Errors: schema, permission, or the server's; the transaction is then still open.
Result<Prepared> Prepare(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream,
                         uint64_t lock_timeout_ms);

}  // namespace rapidbyte
