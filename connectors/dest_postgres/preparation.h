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

namespace rapidbyte::dest_postgres {

struct Prepared {
  TargetTable target;
  CommitTicket ticket;
  WritePlan plan;                  // append where the table was created just now
  std::vector<std::string> notes;  // sentences for the user
};

// Asks what can be asked before the stream's first message, while the source is at work: a session's first look at the
// catalog is its slowest. Returns the server of the tickets.
Result<std::string> LookAhead(pgwire::Session& session, const Place& place);

// Begins a transaction and prepares it. Whoever meets a deadlock, or another run that creates the same at the same
// time, starts over: nothing has been taken from the source yet. `lock_timeout_ms` bounds each wait for a lock; 0: no
// bound. Errors: schema, permission, or the server's; the transaction is then still open.
Result<Prepared> Prepare(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream,
                         uint64_t lock_timeout_ms, const std::string& ticket_server);

// A table of the same server, under whatever address, would be written into itself. Errors: config.
Status CheckIsNotTheSource(pgwire::Session& session, const Place& place, const Found& found,
                           const arrow::Schema& stream);

// Errors: schema, where rules would be bypassed.
Status CheckRules(const WritePlan& plan, const Relation& relation);

// COPY casts nothing and writes into no view but those with a trigger for it.
bool NeedsStaging(const WritePlan& plan, const Relation& relation, const TargetTable& target);

}  // namespace rapidbyte::dest_postgres
