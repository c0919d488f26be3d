#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <system_error>

#include "base/redact.h"
#include "os/patience.h"
#include "os/trusted_folder.h"

namespace rapidbyte::store {
namespace {

constexpr int kStepsBetweenLooks = 1'000'000;  // of SQLite's machine, for whether the user wants us to end

constexpr const char* kPragmas =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;";

std::string Hint(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "free some disk space";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process is writing to this file; try again when it is done";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return "check the permissions of the file and of its folder";
    case SQLITE_NOTADB:
      return "name another file";
    case SQLITE_CORRUPT:
      return "the file is damaged; restore it from a copy or move it away";
    default:
      return {};
  }
}

// The file, the disk, other processes: everything but what we have asked SQLite for.
bool IsOfTheSurroundings(int kind) {
  switch (kind) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
      return true;
    default:
      return false;
  }
}

Error MakeError(const std::filesystem::path& path, std::string_view doing, int code, const char* message) {
  const int kind = code & 0xff;
  Error error;
  error.code = kind == SQLITE_INTERRUPT    ? ErrorCode::kInterrupted
               : IsOfTheSurroundings(kind) ? ErrorCode::kConfiguration
                                           : ErrorCode::kInternal;
  error.message = fmt::format("{}: cannot {}: {}", RedactPasswords(path.string()), doing, message);
  error.hint = Hint(code);
  error.retryable = (code & 0xff) == SQLITE_BUSY;
  return error;
}

// SQLite trusts what lies beside a database: a journal that somebody has put there is played back, and files that it
// names are deleted.
Status CheckPlace(const std::filesystem::path& path) {
  if (path == ":memory:") return {};
  auto checked = os::CheckFiles(path, {"", "-journal", "-wal", "-shm"});
  if (checked) return {};
  checked.error().message = RedactPasswords(checked.error().message);
  if (checked.error().hint.empty()) {
    checked.error().hint = "keep it in a folder of yours, which other users cannot change";
  }
  return checked;
}

// For its owner only, as error texts quote rows. Made before SQLite would, which gives -wal and -shm the same rights.
void MakePrivateFile(const std::filesystem::path& path) {
  if (path == ":memory:") return;
  // Only a new file: closing one that is open elsewhere in the process would give up SQLite's locks on it.
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor >= 0) close(descriptor);
}

// Called by SQLite, again and again, while another connection holds a lock; `count` begins at 0 for each wait.
int WaitForLock(void* patience, int count) {
  auto& wait = *static_cast<os::Patience*>(patience);
  if (count == 0) wait = os::Patience();
  return wait.WaitAgain() ? 1 : 0;
}

class SqliteStatement : public Statement {
 public:
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement, Finalize) {}

  Statement& Bind(int parameter, int64_t value) override {
    return Note(sqlite3_bind_int64(statement_.get(), parameter, value));
  }
  Statement& Bind(int parameter, double value) override {
    return Note(sqlite3_bind_double(statement_.get(), parameter, value));
  }
  Statement& Bind(int parameter, std::string_view text) override {
    // A view of nothing has no address, which SQLite would take for NULL.
    const char* data = text.data() == nullptr ? "" : text.data();
    return Note(sqlite3_bind_text64(statement_.get(), parameter, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  Statement& BindNull(int parameter) override { return Note(sqlite3_bind_null(statement_.get(), parameter)); }

  Result<bool> Step() override {
    if (bind_status_ != SQLITE_OK) {
      return Fail(MakeError(Path(), "bind a value", bind_status_, sqlite3_errstr(bind_status_)));
    }
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite3* connection = sqlite3_db_handle(statement_.get());
    return Fail(MakeError(Path(), "run a statement", sqlite3_extended_errcode(connection), sqlite3_errmsg(connection)));
  }

  Status Run() override {
    Status status;
    if (const auto stepped = Step(); !stepped) status = Fail(stepped.error());
    sqlite3_reset(statement_.get());
    bind_status_ = SQLITE_OK;
    return status;
  }

  int64_t Integer(int column) const override { return sqlite3_column_int64(statement_.get(), column); }
  double Real(int column) const override { return sqlite3_column_double(statement_.get(), column); }
  bool IsNull(int column) const override { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  std::string Text(int column) const override {
    const unsigned char* text = sqlite3_column_text(statement_.get(), column);
    if (text == nullptr) return {};
    return {reinterpret_cast<const char*>(text), static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
  }
  void Reals(int column, std::vector<double>& values) const override {
    if (!IsNull(column)) values.push_back(Real(column));
  }

 private:
  std::filesystem::path Path() const {
    const char* file = sqlite3_db_filename(sqlite3_db_handle(statement_.get()), "main");
    return file == nullptr ? "" : file;
  }
  static void Finalize(sqlite3_stmt* statement) { sqlite3_finalize(statement); }
  Statement& Note(int code) {
    if (bind_status_ == SQLITE_OK) bind_status_ = code;
    return *this;
  }

  std::unique_ptr<sqlite3_stmt, void (*)(sqlite3_stmt*)> statement_;
  int bind_status_ = SQLITE_OK;  // the first failed binding; Step reports it
};

}  // namespace

void SqliteConnection::Close(sqlite3* connection) { sqlite3_close_v2(connection); }

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::filesystem::path& named, OpenMode mode) {
  const std::filesystem::path path = os::ResolveLinks(named);
  std::error_code ignored;
  if (mode == OpenMode::kExisting && !std::filesystem::exists(path, ignored)) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("{}: there is no such database", RedactPasswords(path.string())));
  }
  RB_TRY(CheckPlace(path));
  if (mode == OpenMode::kCreate) MakePrivateFile(path);
  const int flags = SQLITE_OPEN_READWRITE | (mode == OpenMode::kCreate ? SQLITE_OPEN_CREATE : 0);
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  std::unique_ptr<SqliteConnection> database(new SqliteConnection(connection, path));
  if (code != SQLITE_OK) return Fail(database->LastError("open the database"));
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_handler(connection, WaitForLock, &database->patience_);
  sqlite3_progress_handler(
      connection, kStepsBetweenLooks, [](void*) { return os::StopSignalIsOld() ? 1 : 0; }, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  return database;
}

Status SqliteConnection::UseWriteAheadLog() {
  // Where two processes meet at a new file, SQLite fails at once instead of waiting: both hold the lock that the
  // other's change of mode needs. One of them gives way here.
  os::Patience patience;
  Status status = Execute(kPragmas);
  while (!status && status.error().retryable && patience.WaitAgain()) status = Execute(kPragmas);
  return status;
}

Result<StatementHandle> SqliteConnection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return Fail(LastError("prepare a statement"));
  return std::make_unique<SqliteStatement>(statement);
}

Status SqliteConnection::Execute(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return Fail(LastError("run a statement"));
}

Result<StatementHandle> SqliteConnection::PrepareInsert(std::string_view table,
                                                        const std::vector<std::string>& columns) {
  std::string places;
  for (size_t i = 1; i <= columns.size(); ++i) places += fmt::format("{}${}", i == 1 ? "" : ", ", i);
  return Prepare(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, fmt::join(columns, ", "), places));
}

// At once, so that two writers wait for each other instead of failing when the second one turns from reading.
Status SqliteConnection::BeginWrite() { return Execute("BEGIN IMMEDIATE"); }

Status SqliteConnection::LockUntilCommit(int64_t) { return {}; }

Status SqliteConnection::Tidy() { return Execute("PRAGMA optimize"); }

std::string SqliteConnection::Grouped(const std::string& select, const std::string&) const { return select; }

std::string SqliteConnection::name() const { return RedactPasswords(path_.string()); }

Error SqliteConnection::LastError(std::string_view doing) const {
  if (!connection_) return MakeError(path_, doing, SQLITE_NOMEM, "out of memory");
  return MakeError(path_, doing, sqlite3_extended_errcode(connection_.get()), sqlite3_errmsg(connection_.get()));
}

}  // namespace rapidbyte::store
