#include "store/migrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "store/postgres_connection.h"
#include "store/sqlite_connection.h"

namespace rapidbyte::store {
namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";

Error NotUsable(const Connection& connection, std::string_view message, std::string hint) {
  Error error;
  error.code = ErrorCode::kConfiguration;
  error.message = fmt::format("{}: {}", connection.name(), message);
  error.hint = std::move(hint);
  return error;
}

Status CheckVersion(const Connection& connection, int64_t version) {
  if (version <= SchemaVersion()) return {};
  return Fail(NotUsable(connection,
                        fmt::format("written by a newer Rapidbyte (schema version {}; this one knows up to {})",
                                    version, SchemaVersion()),
                        "use a newer Rapidbyte, or name another store"));
}

// The version of a file of ours, 0 for an empty one; anything else is refused.
Result<int64_t> SqliteVersion(Connection& connection) {
  // One statement sees one state of the file, also while another process migrates it.
  RB_ASSIGN(const StatementHandle select,
            connection.Prepare("SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master),"
                               " (SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger'))"
                               " FROM pragma_application_id, pragma_user_version"));
  RB_TRY(select->Step());
  const int64_t application = select->Integer(0);
  const int64_t version = select->Integer(1);
  const bool is_empty = application == 0 && version == 0 && select->Integer(2) == 0;
  if (application != kApplicationId && !is_empty) {
    return Fail(NotUsable(connection, "this is another program's database", "name another file"));
  }
  RB_TRY(CheckVersion(connection, version));
  if (select->Integer(3) != 0) {
    return Fail(NotUsable(connection, "it has views or triggers, which are not Rapidbyte's",
                          "somebody has changed this store; export what it has on the machine that it comes from"));
  }
  return version;
}

Status MigrateSqlite(Connection& connection) {
  RB_ASSIGN(Transaction transaction, Transaction::Begin(connection));
  // Asked again under the lock: another process may have been here first.
  RB_ASSIGN(const int64_t version, SqliteVersion(connection));
  for (const std::string_view step : SchemaSteps().subspan(static_cast<size_t>(version))) {
    RB_TRY(connection.Execute(ForSqlite(step)));
  }
  RB_TRY(connection.Execute(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, SchemaVersion())));
  return transaction.Commit();
}

Result<std::unique_ptr<Connection>> OpenSqlite(const std::filesystem::path& file, OpenMode mode) {
  RB_ASSIGN(std::unique_ptr<SqliteConnection> connection, SqliteConnection::Open(file, mode));
  RB_ASSIGN(const int64_t version, SqliteVersion(*connection));
  if (version == 0 && mode == OpenMode::kExisting) {
    return Fail(NotUsable(*connection, "an empty file, not a database of Rapidbyte", "name another file"));
  }
  RB_TRY(connection->UseWriteAheadLog());
  if (version < SchemaVersion()) RB_TRY(MigrateSqlite(*connection));
  // What is left of a schema, such as defaults and checks, calls nothing but harmless functions from here on.
  RB_TRY(connection->Execute("PRAGMA trusted_schema = OFF"));
  return connection;
}

// The version of our schema, 0 where there is none; a schema of that name that is not ours is refused.
Result<int64_t> PostgresVersion(Connection& connection) {
  RB_ASSIGN(const int64_t has_schema, connection.QueryInteger(fmt::format(
                                          "SELECT count(*) FROM pg_namespace WHERE nspname = '{}'", kPostgresSchema)));
  if (has_schema == 0) return 0;
  RB_ASSIGN(const int64_t has_table,
            connection.QueryInteger(fmt::format("SELECT count(*) FROM pg_class c JOIN pg_namespace n"
                                                " ON n.oid = c.relnamespace WHERE n.nspname = '{}'"
                                                " AND c.relname = 'schema_version'",
                                                kPostgresSchema)));
  if (has_table == 0) {
    return Fail(NotUsable(connection, fmt::format("its schema \"{}\" is another program's", kPostgresSchema),
                          "name another database"));
  }
  RB_ASSIGN(const int64_t version, connection.QueryInteger("SELECT version FROM schema_version"));
  RB_TRY(CheckVersion(connection, version));
  return version;
}

Status MigratePostgres(Connection& connection) {
  RB_ASSIGN(Transaction transaction, Transaction::Begin(connection));
  RB_TRY(connection.LockUntilCommit(kApplicationId));
  // Asked again under the lock: another process may have been here first.
  RB_ASSIGN(const int64_t version, PostgresVersion(connection));
  if (version == 0) {
    RB_TRY(
        connection.Execute(fmt::format("CREATE SCHEMA {}; CREATE TABLE schema_version (version bigint NOT NULL);"
                                       "INSERT INTO schema_version VALUES (0)",
                                       kPostgresSchema)));
  }
  for (const std::string_view step : SchemaSteps().subspan(static_cast<size_t>(version))) {
    RB_TRY(connection.Execute(ForPostgres(step)));
  }
  RB_TRY(connection.Execute(fmt::format("UPDATE schema_version SET version = {}", SchemaVersion())));
  return transaction.Commit();
}

Result<std::unique_ptr<Connection>> OpenPostgres(const std::string& address, OpenMode mode) {
  RB_ASSIGN(std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(address));
  RB_ASSIGN(const int64_t version, PostgresVersion(*connection));
  if (version == 0 && mode == OpenMode::kExisting) {
    return Fail(NotUsable(*connection, "there is no store in this database", "name another database"));
  }
  if (version < SchemaVersion()) RB_TRY(MigratePostgres(*connection));
  return connection;
}

// What stands before the first ':', in lower case, where it can be a scheme (RFC 3986, 3.1).
std::string SchemeOf(const std::string& name) {
  std::string scheme = name.substr(0, name.find(':'));
  const auto is_scheme = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; };
  if (scheme.size() == name.size() || !std::all_of(scheme.begin(), scheme.end(), is_scheme)) return {};
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return std::tolower(c); });
  return scheme;
}

}  // namespace

bool IsPostgres(const std::string& store) {
  const std::string name = store.substr(std::min(store.find_first_not_of(" \t\n"), store.size()));
  // However many slashes: a mistake in an address is told as one, and makes no file of that name.
  const std::string scheme = SchemeOf(name);
  if (scheme == "postgresql" || scheme == "postgres") return true;
  const size_t equals = name.find('=');
  if (equals == std::string::npos) return false;
  // "host = db1": what stands before the first '=' is a keyword, and no part of a path.
  const std::string keyword = name.substr(0, name.find_last_not_of(' ', equals == 0 ? 0 : equals - 1) + 1);
  return !keyword.empty() &&
         std::all_of(keyword.begin(), keyword.end(), [](unsigned char c) { return std::islower(c) != 0 || c == '_'; });
}

std::filesystem::path SqliteFile(const std::string& store) {
  return store.starts_with(kSqlitePrefix) ? store.substr(kSqlitePrefix.size()) : store;
}

Result<std::unique_ptr<Connection>> OpenStore(const std::string& store, OpenMode mode) {
  if (IsPostgres(store)) return OpenPostgres(store, mode);
  if (const std::string scheme = SchemeOf(store); store.substr(scheme.size()).starts_with("://")) {
    return Fail(ErrorCode::kConfiguration, "a store is a file or a PostgreSQL server, and this is another scheme",
                "for example postgresql://user@host:5432/database; sqlite:PATH names a file of any name");
  }
  return OpenSqlite(SqliteFile(store), mode);
}

}  // namespace rapidbyte::store
