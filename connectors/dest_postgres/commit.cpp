#include "dest_postgres/commit.h"

#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

// A cluster is told by its system identifier and the timeline it writes on, which a promoted standby changes; one that
// still is a standby is refused later, for what it is. Run from a text, because a role that may not call these
// functions could not even plan a query that names them.
constexpr const char* kServer =
    "coalesce(CASE WHEN NOT pg_is_in_recovery() AND has_function_privilege('pg_control_system()', 'EXECUTE') AND "
    "has_function_privilege('pg_current_wal_lsn()', 'EXECUTE') AND "
    "has_function_privilege('pg_walfile_name(pg_lsn)', 'EXECUTE') THEN query_to_xml('SELECT system_identifier, "
    "left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()', false, false, '')::text END, "
    "pg_postmaster_start_time()::text) || current_database()";

// The server may still be at it, or not have noticed yet that the connection is gone: 5 seconds in all.
constexpr int kAttempts = 10;
constexpr const char* kPause = "SELECT pg_catalog.pg_sleep(0.5)";

Result<CommitState> Ask(pgwire::Session& session, const CommitTicket& ticket) {
  RB_TRY(session.Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, 1000) +
                       "; SET LOCAL statement_timeout = 5000"));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    RB_ASSIGN(const pgwire::Rows rows, sdk::QueryCatalog(session, std::string("SELECT ") + kServer + ", txid_status(" +
                                                                      ticket.transaction + ")"));
    const pgwire::Row& row = rows[0];
    if (row[0] != ticket.server) return CommitState::kUnknown;
    if (row[1] == "committed") return CommitState::kCommitted;
    if (row[1] == "aborted") return CommitState::kNotCommitted;
    if (row[1] != "in progress") return CommitState::kUnknown;
    RB_TRY(session.Query(kPause));
  }
  return CommitState::kUnknown;
}

}  // namespace

std::string TicketServer() { return kServer; }

CommitState LookUpCommit(const CommitTicket& ticket) {
  const Result<std::unique_ptr<sdk::PostgresSession>> opened = sdk::PostgresSession::Open();
  if (!opened) return CommitState::kUnknown;
  return Ask((*opened)->session(), ticket).value_or(CommitState::kUnknown);
}

}  // namespace rapidbyte::dest_postgres
