#include "sdk/postgres.h"

#include "sdk/json.h"

namespace rapidbyte::sdk {

namespace {

// Whatever the text form of a value or the meaning of our SQL depends on, but for the search_path: functions and
// triggers of users run inside our statements and need their role's.
constexpr const char* kPinned =
    "SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = on; SET LOCAL DateStyle = 'ISO'; "
    "SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 3; "
    "SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'; SET LOCAL xmloption = 'content'; "
    "SET LOCAL array_nulls = on; SET LOCAL quote_all_identifiers = off; "
    // A role's or a database's limits are for its people; a run has its own.
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; ";

}  // namespace

Result<std::unique_ptr<PostgresSession>> PostgresSession::Open() {
  RB_ASSIGN(std::unique_ptr<Connection> connection, Connection::Open("postgres"));
  return std::unique_ptr<PostgresSession>(new PostgresSession(std::move(connection)));
}

std::string BeginStatements(TransactionKind kind, uint64_t lock_timeout_ms) {
  std::string begin;
  switch (kind) {
    case TransactionKind::kLatest:
      begin = "BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY; ";
      break;
    case TransactionKind::kSnapshot:
      begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; ";
      break;
    case TransactionKind::kWrite:
      begin = "BEGIN ISOLATION LEVEL READ COMMITTED; ";
      break;
  }
  return begin + kPinned + "SET LOCAL lock_timeout = " + std::to_string(lock_timeout_ms);
}

Result<pgwire::Rows> QueryCatalog(pgwire::Session& session, std::string_view sql, std::string_view begin) {
  // Going back to the savepoint brings back the search_path that was, whatever had set it.
  return session.Query(std::string(begin) + (begin.empty() ? "" : "; ") +
                       "SAVEPOINT rapidbyte_catalog; SET LOCAL search_path = pg_catalog, pg_temp; " + std::string(sql) +
                       "; ROLLBACK TO SAVEPOINT rapidbyte_catalog; RELEASE SAVEPOINT rapidbyte_catalog");
}

Result<nlohmann::json> PostgresConnector::Close() {
  Disconnect();
  return nlohmann::json::object();
}

Status PostgresConnector::Connect() {
  if (connection_ != nullptr) return {};
  RB_ASSIGN(connection_, PostgresSession::Open());
  return {};
}

Result<std::vector<PostgresColumn>> ReadColumns(pgwire::Session& session, std::string_view schema,
                                                std::string_view table) {
  RB_ASSIGN(const pgwire::Rows rows,
            QueryCatalog(session,
                         "SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), "
                         "a.attnotnull, a.attgenerated <> '' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                         "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = " +
                             pgwire::QuoteLiteral(schema) + " AND c.relname = " + pgwire::QuoteLiteral(table) +
                             " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped "
                             "ORDER BY a.attnum"));
  std::vector<PostgresColumn> columns;
  columns.reserve(rows.size());
  for (const pgwire::Row& row : rows) {
    columns.push_back({row.Text(0), row.Text(1), row.Text(2), row.IsTrue(3), row.IsTrue(4)});
  }
  return columns;
}

Error SchemaError(std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::kSource;
  error.category = "schema";
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

std::string QualifiedName(std::string_view schema, std::string_view table) {
  return pgwire::QuoteIdentifier(schema) + "." + pgwire::QuoteIdentifier(table);
}

}  // namespace rapidbyte::sdk
