#include "sdk/postgres.h"

#include "sdk/json.h"

namespace rapidbyte::sdk {

Result<std::unique_ptr<PostgresSession>> PostgresSession::Open() {
  RB_ASSIGN(std::unique_ptr<Connection> connection, Connection::Open("postgres"));
  std::unique_ptr<PostgresSession> opened(new PostgresSession(std::move(connection)));
  RB_TRY(opened->session().Query(
      "SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 3; "
      "SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET search_path = 'pg_catalog'; SET client_encoding = 'UTF8'; "
      "SET xmloption = 'content'; SET standard_conforming_strings = on"));
  return opened;
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
  RB_ASSIGN(
      const std::vector<pgwire::Row> rows,
      session.Query("SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), "
                    "a.attnotnull, a.attgenerated <> '' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = " +
                    pgwire::QuoteLiteral(schema) + " AND c.relname = " + pgwire::QuoteLiteral(table) +
                    " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped "
                    "ORDER BY a.attnum"));
  std::vector<PostgresColumn> columns;
  columns.reserve(rows.size());
  for (const pgwire::Row& row : rows) {
    columns.push_back({*row[0], *row[1], *row[2], *row[3] == "t", *row[4] == "t"});
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
