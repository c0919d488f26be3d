#include "dest_postgres/lock_wait.h"

#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

// "session 4711 (alice, psql: AccessExclusiveLock)", at most three of them.
std::string HoldersQuery(const Place& place) {
  return "SELECT string_agg(holder, ', ') FROM (SELECT format('session %s (%s, %s: %s)', l.pid, a.usename, "
         "coalesce(nullif(a.application_name, ''), 'no application name'), string_agg(l.mode, ' ' ORDER BY l.mode)) AS "
         "holder FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.granted AND l.pid <> "
         "pg_backend_pid() AND l.relation = to_regclass(" +
         pgwire::QuoteLiteral(place.name) +
         ")::oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY l.pid, "
         "a.usename, a.application_name ORDER BY l.pid LIMIT 3) AS h";
}

std::string Holders(pgwire::Session& session, const Place& place) {
  if (!session.Query("ROLLBACK; " + sdk::BeginStatements(sdk::TransactionKind::kLatest, 1000))) return {};
  const auto rows = sdk::QueryCatalog(session, HoldersQuery(place));
  if (!rows || !session.Query("ROLLBACK")) return {};
  return (*rows)[0].Text(0);
}

}  // namespace

Error ExplainLockWait(pgwire::Session& session, const Place& place, uint64_t timeout_ms, Error error) {
  const std::string holders = Holders(session, place);
  error.message = "waited " + std::to_string(timeout_ms) + " ms in vain for a lock to write " + place.name +
                  (holders.empty() ? "" : ", which is locked by " + holders) + ": " + error.message;
  error.hint = "run it again when the other session has ended, or raise destination.config.lock_wait_timeout";
  return error;
}

}  // namespace rapidbyte::dest_postgres
