// A thin owner of one SQLite connection and its statements, with errors as values.
//
// With UseWriteAheadLog (WAL mode, synchronous=FULL) what is committed survives a power cut. Other processes may use
// the file at the same time; a lock is waited for up to a minute, since somebody may be importing, or a second once the
// user wants us to end. Belongs to one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "os/patience.h"
#include "store/connection.h"

struct sqlite3;

namespace rapidbyte::store {

class SqliteConnection : public Connection {
 public:
  // kCreate makes the file, for its owner only, and its folder where they are missing. Errors: kConfiguration for a
  // missing file (kExisting), for one that is not an SQLite database, and for the disk. Does not look at the content.
  static Result<std::unique_ptr<SqliteConnection>> Open(const std::filesystem::path& named, OpenMode mode);

  // Makes commits durable (see above); changes a setting kept in the file, so look at whose file it is first.
  Status UseWriteAheadLog();

  Result<StatementHandle> Prepare(std::string_view sql) override;
  Result<StatementHandle> PrepareInsert(std::string_view table, const std::vector<std::string>& columns) override;
  Status Execute(std::string_view sql) override;
  Status BeginWrite() override;
  Status LockUntilCommit(int64_t lock) override;
  Status Tidy() override;
  std::string Grouped(const std::string& select, const std::string& keys) const override;
  std::string name() const override;

 private:
  SqliteConnection(sqlite3* connection, std::filesystem::path path)
      : connection_(connection, Close), path_(std::move(path)) {}
  static void Close(sqlite3* connection);
  Error LastError(std::string_view doing) const;

  std::unique_ptr<sqlite3, void (*)(sqlite3*)> connection_;
  std::filesystem::path path_;
  os::Patience patience_;  // of the wait for a lock that goes on
};

}  // namespace rapidbyte::store
