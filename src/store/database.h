// A thin owner of one SQLite connection and its statements, with errors as values.
//
// With UseWriteAheadLog (WAL mode, synchronous=FULL) what is committed survives a power cut. Other processes may use
// the file at the same time; a lock is waited for up to ten seconds. One Database belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rapidbyte::store {

// A prepared statement. Bind its parameters from 1 on, Step until it gives false, read columns from 0 on.
class Statement {
 public:
  Statement& Bind(int parameter, int64_t value);
  Statement& Bind(int parameter, double value);
  Statement& Bind(int parameter, std::string_view text);  // copied
  Statement& BindNull(int parameter);

  Result<bool> Step();  // true: there is a row
  Status Run();         // steps once and resets, for the next values; for statements without rows

  int64_t Integer(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;  // empty where null
  bool IsNull(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement, Finalize) {}
  static void Finalize(sqlite3_stmt* statement);
  void NoteBinding(int code);

  std::unique_ptr<sqlite3_stmt, void (*)(sqlite3_stmt*)> statement_;
  int bind_status_ = 0;  // the first failed binding; Step reports it
};

enum class OpenMode { kCreate, kExisting };

class Database {
 public:
  // kCreate makes the file and its folder where they are missing. Errors: kConfiguration for a missing file
  // (kExisting) and for one that is no SQLite database, kInternal for the disk. Does not look at the content.
  static Result<Database> Open(const std::filesystem::path& path, OpenMode mode);

  // Makes commits durable (see above); changes a setting kept in the file, so look at whose file it is first.
  Status UseWriteAheadLog();

  Result<Statement> Prepare(std::string_view sql);
  Status Execute(std::string_view sql);                // one or more statements without parameters
  Result<int64_t> QueryInteger(std::string_view sql);  // the first column of the first row; 0 where there is none
  int64_t LastInsertId() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  Database(sqlite3* connection, std::filesystem::path path) : connection_(connection, Close), path_(std::move(path)) {}
  static void Close(sqlite3* connection);
  Error LastError(std::string_view doing) const;

  std::unique_ptr<sqlite3, void (*)(sqlite3*)> connection_;
  std::filesystem::path path_;
};

// A write transaction; takes the write lock at once and rolls back unless Commit was called and succeeded. The
// database must outlive it.
class Transaction {
 public:
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;  // null once it is committed or moved from
};

}  // namespace rapidbyte::store
