// What both PostgreSQL connectors share: one session with pinned settings, and reading a table's columns.
// Wasm-safe; one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pgwire/session.h"
#include "sdk/connector.h"
#include "sdk/host.h"

namespace rapidbyte::sdk {

// Every statement runs inside a transaction that pins the settings it depends on by SET LOCAL. Outside of one nothing
// is sent: a pooler may hand the server's session to somebody else the moment a transaction ends.
enum class TransactionKind {
  kLatest,    // reads only; each statement sees what is committed when it begins
  kSnapshot,  // reads rows as of one moment: the first statement after BEGIN, SET and LOCK takes the snapshot
  kWrite,     // loads rows
};

// BEGIN and what is pinned, as one text of SQL to be run before, or in front of, the transaction's own statements.
// `lock_timeout_ms`: how long a statement waits for a lock; 0 for ever.
std::string BeginStatements(TransactionKind kind, uint64_t lock_timeout_ms);

// A connection and the session on it.
class PostgresSession {
 public:
  // Opens the connection "postgres".
  static Result<std::unique_ptr<PostgresSession>> Open();

  pgwire::Session& session() { return session_; }

 private:
  explicit PostgresSession(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)), session_(*connection_) {}

  std::unique_ptr<Connection> connection_;
  pgwire::Session session_;
};

// A connector with one session, opened by the first call that needs it and kept for later ones.
class PostgresConnector : public Connector {
 public:
  Result<nlohmann::json> Close() override;

 protected:
  Status Connect();
  void Disconnect() { connection_.reset(); }
  pgwire::Session& session() { return connection_->session(); }  // after Connect

 private:
  std::unique_ptr<PostgresSession> connection_;
};

struct PostgresColumn {
  std::string name;
  std::string type;       // format_type with its modifier: numeric(10,2)
  std::string base_type;  // format_type without it: numeric
  bool not_null = false;
  bool generated = false;  // GENERATED ALWAYS AS (…) STORED
};

// A SELECT over the catalog, inside a transaction: pg_catalog comes first on the search_path while it runs, so that
// names mean the server's own and names of types come back qualified. Takes no lock that outlives it. `begin` goes
// before it in the same message: BeginStatements, where the transaction begins with the query.
Result<pgwire::Rows> QueryCatalog(pgwire::Session& session, std::string_view sql, std::string_view begin = {});

// An expression for QueryCatalog: the running server and its database, as they can be compared between two sessions, by
// the moment of the server's start in microseconds and the database's oid. Not by the system identifier: a copy of a
// cluster's files bears the original's, with the same oids, and may well be the destination of the original.
inline constexpr std::string_view kServerIdentity =
    "((extract(epoch FROM pg_postmaster_start_time()) * 1000000)::int8 || '/' || (SELECT oid FROM pg_database WHERE "
    "datname = current_database()))";

// The columns of a table, view or partitioned table in their order; empty where there is no such relation.
Result<std::vector<PostgresColumn>> ReadColumns(pgwire::Session& session, std::string_view schema,
                                                std::string_view table);

// An Error of the category "schema": the servers' objects are not as the pipeline wants them.
Error SchemaError(std::string message, std::string hint);

// "schema"."table"
std::string QualifiedName(std::string_view schema, std::string_view table);

}  // namespace rapidbyte::sdk
