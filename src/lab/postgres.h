// The laboratory's own session with a PostgreSQL server: seeding, cleaning, verifying. Nothing here is measured.
//
// A wrapper of libpq. One thread at a time. A wait ends early when the interrupt given at Connect is triggered.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"

struct pg_conn;
struct pg_result;

namespace rapidbyte::lab {

// Where a server is and who we are there.
struct ServerAddress {
  std::string host;  // a name, an address, or the folder of a Unix socket
  uint16_t port = 5432;
  std::string user;
  std::string password;  // empty: libpq's own means
  std::string database;
  std::map<std::string, std::string> environment;  // what else libpq needs to know, as its variables: PGSSLMODE, …
};

struct TableName {
  std::string schema;
  std::string table;
};

class Postgres {
 public:
  // `interrupt` may be null and must outlive the session. Errors: kConnection with libpq's message, without password.
  static Result<Postgres> Connect(const ServerAddress& address, const Interrupt* interrupt = nullptr);

  // One or more statements. Errors of all queries: kConnection where the session is lost, kInterrupted, otherwise
  // kConfiguration with the server's message.
  Status Exec(const std::string& sql);
  // The first row of the last statement; NULL is "". Empty where it gives no row.
  Result<std::vector<std::string>> Row(const std::string& sql);
  // The first value of the first row, or "".
  Result<std::string> Value(const std::string& sql);
  // The first column.
  Result<std::vector<std::string>> Column(const std::string& sql);

  // The five characters of the last statement's SQLSTATE; empty where it succeeded.
  const std::string& sql_state() const { return sql_state_; }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
    void operator()(pg_result* result) const;
  };
  using ResultHandle = std::unique_ptr<pg_result, Finish>;

  Postgres(pg_conn* connection, const Interrupt* interrupt) : connection_(connection), interrupt_(interrupt) {}
  Result<ResultHandle> Query(const std::string& sql);
  Status WaitForResult();
  Error LastError(const pg_result* result);

  std::unique_ptr<pg_conn, Finish> connection_;
  const Interrupt* interrupt_;
  std::string sql_state_;
};

// Double-quoted and single-quoted for SQL, whatever the text holds.
std::string QuoteIdentifier(const std::string& name);
std::string QuoteLiteral(const std::string& text);
std::string Quote(const TableName& name);

}  // namespace rapidbyte::lab
