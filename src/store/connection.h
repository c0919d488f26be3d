// The one way to a database of ours, whichever engine holds it: SQLite or PostgreSQL.
//
// Statements are written once for both: placeholders are $1, $2, … in the order in which they first occur, and
// everything that the engines spell differently is a function here. Errors are values; none holds a password. A
// Connection and its statements belong to one thread at a time; a statement must not outlive its connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rapidbyte::store {

// Bind its parameters from 1 on, Step until it gives false, read columns from 0 on.
class Statement {
 public:
  virtual ~Statement() = default;

  virtual Statement& Bind(int parameter, int64_t value) = 0;
  virtual Statement& Bind(int parameter, double value) = 0;
  virtual Statement& Bind(int parameter, std::string_view text) = 0;  // copied
  virtual Statement& BindNull(int parameter) = 0;
  Statement& Bind(int parameter, const char* text) { return Bind(parameter, std::string_view(text)); }
  template <typename Integer>
  Statement& Bind(int parameter, const std::optional<Integer>& value) {
    return value ? Bind(parameter, static_cast<int64_t>(*value)) : BindNull(parameter);
  }

  virtual Result<bool> Step() = 0;  // true: there is a row
  // Runs to the end and is ready for the next values, after an error too; for statements without rows.
  virtual Status Run() = 0;
  // Of PrepareInsert: rows may be held back until here.
  virtual Status Flush() { return {}; }

  virtual int64_t Integer(int column) const = 0;
  virtual double Real(int column) const = 0;
  virtual std::string Text(int column) const = 0;  // empty where null
  virtual bool IsNull(int column) const = 0;
  // Of the last column of Connection::Grouped: appends what it holds.
  virtual void Reals(int column, std::vector<double>& values) const = 0;
};
using StatementHandle = std::unique_ptr<Statement>;

enum class OpenMode { kCreate, kExisting };

class Connection {
 public:
  virtual ~Connection() = default;

  virtual Result<StatementHandle> Prepare(std::string_view sql) = 0;
  // Inserts many rows as fast as the engine can: Bind and Run for each, Flush after every thousand or so, for they may
  // be in memory until then.
  virtual Result<StatementHandle> PrepareInsert(std::string_view table, const std::vector<std::string>& columns) = 0;
  virtual Status Execute(std::string_view sql) = 0;  // one or more statements without parameters

  virtual Status BeginWrite() = 0;  // see Transaction
  // Waits until no other transaction holds the lock; held until the end of this one. Where writers wait for each other
  // anyway there is nothing to do.
  virtual Status LockUntilCommit(int64_t lock) = 0;
  // After much was written, outside of a transaction: lets the engine count, so that it finds the short ways.
  virtual Status Tidy() = 0;

  // For many values of few groups: `select` gives the columns `keys` and then one called value, sorted by the keys
  // first. Gives the same columns, the last one for Reals(): all of a group in one row where that spares sending them
  // one by one, otherwise a row each. In the order of `select` within a group; groups in any order.
  virtual std::string Grouped(const std::string& select, const std::string& keys) const = 0;

  virtual std::string name() const = 0;  // the file, or the server with its database; no password

  Result<int64_t> QueryInteger(std::string_view sql);  // the first column of the first row; 0 where there is none
};

// A write transaction; rolls back unless Commit was called and succeeded. In SQLite it takes the write lock at once.
// The connection must outlive it.
class Transaction {
 public:
  static Result<Transaction> Begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}

  Connection* connection_;  // null once it is committed or moved from
};

}  // namespace rapidbyte::store
