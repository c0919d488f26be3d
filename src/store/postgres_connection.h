// One session with a PostgreSQL server, through libpq, with errors as values.
//
// Everything of ours lies in the schema "rapidbyte", which is the session's search path. Commits are durable whatever
// the server's synchronous_commit says. Values travel as text; bytes that are no UTF-8, and NUL, become U+FFFD.
// Belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/connection.h"

struct pg_conn;
struct pg_result;

namespace rapidbyte::store {

inline constexpr std::string_view kPostgresSchema = "rapidbyte";

struct PgFinish {
  void operator()(pg_conn* connection) const;
  void operator()(pg_result* result) const;
};
using PgConnectionHandle = std::unique_ptr<pg_conn, PgFinish>;
using PgResultHandle = std::unique_ptr<pg_result, PgFinish>;

class PostgresConnection : public Connection {
 public:
  // `address`: a URI or keyword=value pairs, as libpq reads them; what it does not say comes from libpq's environment
  // variables and files. Does not look at the content. Errors: kConfiguration for an address that libpq cannot read,
  // kConnection.
  static Result<std::unique_ptr<PostgresConnection>> Open(const std::string& address);

  Result<StatementHandle> Prepare(std::string_view sql) override;
  Result<StatementHandle> PrepareInsert(std::string_view table, const std::vector<std::string>& columns) override;
  Status Execute(std::string_view sql) override;
  Status BeginWrite() override;
  Status LockUntilCommit(int64_t lock) override;
  Status Tidy() override;
  std::string Grouped(const std::string& select, const std::string& keys) const override;
  std::string name() const override { return name_; }

 private:
  explicit PostgresConnection(PgConnectionHandle connection);

  PgConnectionHandle connection_;
  std::string name_;  // postgresql://user@host:port/database
};

}  // namespace rapidbyte::store
