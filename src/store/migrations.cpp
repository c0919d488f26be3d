#include "store/migrations.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace rapidbyte::store {
namespace {

// Types and names are such that PostgreSQL takes the same statements with INTEGER read as bigint.
constexpr std::string_view kRunsAndSamples = R"sql(
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  pipeline TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  outcome TEXT NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  exit_code INTEGER,
  host_name TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  pid INTEGER NOT NULL,
  pid_started INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_pipeline ON runs (pipeline, id);

CREATE TABLE run_streams (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  records_read INTEGER NOT NULL,
  records_written INTEGER NOT NULL,
  bytes_read INTEGER NOT NULL,
  bytes_written INTEGER NOT NULL,
  PRIMARY KEY (run_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaigns (
  id TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  git_sha TEXT NOT NULL,
  git_branch TEXT NOT NULL,
  git_dirty INTEGER NOT NULL,
  seed TEXT NOT NULL,
  dataset TEXT NOT NULL,
  bench_rows INTEGER NOT NULL,
  server TEXT NOT NULL,
  host_hash TEXT NOT NULL,
  host_name TEXT NOT NULL,
  host_kernel TEXT NOT NULL,
  host_cpu_model TEXT NOT NULL,
  host_cpus INTEGER NOT NULL,
  host_memory_bytes INTEGER NOT NULL,
  settings TEXT NOT NULL
) STRICT;
CREATE INDEX campaigns_by_time ON campaigns (started_at, id);
CREATE INDEX campaigns_by_commit ON campaigns (git_sha);
CREATE INDEX campaigns_by_dataset ON campaigns (dataset, bench_rows, host_hash);

CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  campaign_id TEXT NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  block INTEGER NOT NULL,
  position INTEGER NOT NULL,
  warmup INTEGER NOT NULL,
  timestamp TEXT NOT NULL,
  mode TEXT NOT NULL,
  aot INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT NOT NULL,
  exit_code INTEGER NOT NULL,
  wall_secs REAL NOT NULL,
  user_secs REAL NOT NULL,
  system_secs REAL NOT NULL,
  max_rss_bytes INTEGER NOT NULL,
  run TEXT,
  UNIQUE (campaign_id, block, position)
) STRICT;
CREATE INDEX samples_by_mode ON samples (mode, aot, outcome);
CREATE INDEX samples_by_time ON samples (timestamp);
)sql";

constexpr std::array kSteps = {kRunsAndSamples};

Error NotUsable(const Database& database, std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::kConfiguration;
  error.message = fmt::format("{}: {}", database.path().string(), message);
  error.hint = std::move(hint);
  return error;
}

// The version of a database of ours, 0 for an empty file; anything else is refused.
Result<int64_t> UsableVersion(Database& database) {
  // One statement sees one state of the file, also while another process migrates it.
  RB_ASSIGN(Statement select,
            database.Prepare("SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)"
                             " FROM pragma_application_id, pragma_user_version"));
  RB_TRY(select.Step());
  const int64_t application = select.Integer(0);
  const int64_t version = select.Integer(1);
  const int64_t objects = select.Integer(2);
  const bool is_empty = application == 0 && version == 0 && objects == 0;
  if (application != kApplicationId && !is_empty) {
    return Fail(NotUsable(database, "this is another program's database", "name another file"));
  }
  if (version > SchemaVersion()) {
    return Fail(NotUsable(database,
                          fmt::format("written by a newer Rapidbyte (schema version {}; this one knows up to {})",
                                      version, SchemaVersion()),
                          "use a newer Rapidbyte, or name another file"));
  }
  return version;
}

Status Migrate(Database& database) {
  RB_ASSIGN(Transaction transaction, Transaction::Begin(database));
  // Asked again under the lock: another process may have been here first.
  RB_ASSIGN(const int64_t version, UsableVersion(database));
  for (auto step = static_cast<size_t>(version); step < kSteps.size(); ++step) RB_TRY(database.Execute(kSteps[step]));
  RB_TRY(database.Execute(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, SchemaVersion())));
  return transaction.Commit();
}

}  // namespace

int64_t SchemaVersion() { return static_cast<int64_t>(kSteps.size()); }

Result<Database> OpenAndMigrate(const std::filesystem::path& path, OpenMode mode) {
  RB_ASSIGN(Database database, Database::Open(path, mode));
  RB_ASSIGN(const int64_t version, UsableVersion(database));
  if (version == 0 && mode == OpenMode::kExisting) {
    return Fail(NotUsable(database, "an empty file, not a database of Rapidbyte", "name another file"));
  }
  RB_TRY(database.UseWriteAheadLog());
  if (version < SchemaVersion()) RB_TRY(Migrate(database));
  return database;
}

}  // namespace rapidbyte::store
