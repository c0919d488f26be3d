#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>

namespace rapidbyte::store {
namespace {

constexpr int kBusyTimeoutMillis = 10'000;
constexpr int kRetryMillis = 10;

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

Error MakeError(const std::filesystem::path& path, std::string_view doing, int code, const char* message) {
  const bool users = (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CANTOPEN;
  Error error;
  error.code = users ? ErrorCode::kConfiguration : ErrorCode::kInternal;
  error.message = fmt::format("{}: cannot {}: {}", path.string(), doing, message);
  error.hint = Hint(code);
  error.retryable = (code & 0xff) == SQLITE_BUSY;
  return error;
}

Status MakeFolder(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("{}: cannot make the folder: {}", folder.string(), error.message()),
              "check the permissions of the folder above");
}

}  // namespace

void Statement::Finalize(sqlite3_stmt* statement) { sqlite3_finalize(statement); }

void Statement::NoteBinding(int code) {
  if (bind_status_ == SQLITE_OK) bind_status_ = code;
}

Statement& Statement::Bind(int parameter, int64_t value) {
  NoteBinding(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::Bind(int parameter, double value) {
  NoteBinding(sqlite3_bind_double(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view text) {
  // A view of nothing has no address, which SQLite would take for NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  NoteBinding(sqlite3_bind_text64(statement_.get(), parameter, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindNull(int parameter) {
  NoteBinding(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

Result<bool> Statement::Step() {
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  const char* file = sqlite3_db_filename(connection, "main");
  const std::filesystem::path path = file == nullptr ? "" : file;
  if (bind_status_ != SQLITE_OK)
    return Fail(MakeError(path, "bind a value", bind_status_, sqlite3_errstr(bind_status_)));
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Fail(MakeError(path, "run a statement", sqlite3_extended_errcode(connection), sqlite3_errmsg(connection)));
}

Status Statement::Run() {
  RB_TRY(Step());
  sqlite3_reset(statement_.get());
  return {};
}

int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::Real(int column) const { return sqlite3_column_double(statement_.get(), column); }
bool Statement::IsNull(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::string Statement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close(sqlite3* connection) { sqlite3_close_v2(connection); }

Result<Database> Database::Open(const std::filesystem::path& path, OpenMode mode) {
  std::error_code ignored;
  if (mode == OpenMode::kExisting && !std::filesystem::exists(path, ignored)) {
    return Fail(ErrorCode::kConfiguration, fmt::format("{}: there is no such database", path.string()));
  }
  if (mode == OpenMode::kCreate) RB_TRY(MakeFolder(path.parent_path()));
  const int flags = SQLITE_OPEN_READWRITE | (mode == OpenMode::kCreate ? SQLITE_OPEN_CREATE : 0);
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  Database database(connection, path);
  if (code != SQLITE_OK) return Fail(database.LastError("open the database"));
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kBusyTimeoutMillis);
  return database;
}

Status Database::UseWriteAheadLog() {
  // Where two processes meet at a new file, SQLite fails at once instead of waiting: both hold the lock that the
  // other's change of mode needs. One of them gives way here.
  Status status = Execute(kPragmas);
  for (int waited = 0; !status && status.error().retryable && waited < kBusyTimeoutMillis; waited += kRetryMillis) {
    sqlite3_sleep(kRetryMillis);
    status = Execute(kPragmas);
  }
  return status;
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return Fail(LastError("prepare a statement"));
  return Statement(statement);
}

Status Database::Execute(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return Fail(LastError("run a statement"));
}

Result<int64_t> Database::QueryInteger(std::string_view sql) {
  RB_ASSIGN(Statement statement, Prepare(sql));
  RB_ASSIGN(const bool row, statement.Step());
  return row ? statement.Integer(0) : 0;
}

int64_t Database::LastInsertId() const { return sqlite3_last_insert_rowid(connection_.get()); }

Error Database::LastError(std::string_view doing) const {
  if (!connection_) return MakeError(path_, doing, SQLITE_NOMEM, "out of memory");
  return MakeError(path_, doing, sqlite3_extended_errcode(connection_.get()), sqlite3_errmsg(connection_.get()));
}

Result<Transaction> Transaction::Begin(Database& database) {
  RB_TRY(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // Where SQLite has rolled back by itself (a full disk) this fails, and nothing is left to do.
  if (database_ != nullptr) (void)database_->Execute("ROLLBACK");
}

Status Transaction::Commit() {
  RB_TRY(database_->Execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace rapidbyte::store
