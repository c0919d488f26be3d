#include "store/schema.h"

#include <array>
#include <utility>

namespace rapidbyte::store {
namespace {

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

// Samples are narrow, and lie in the order in which a campaign took them; cells, builds and names of metrics are
// numbers. What is long, or rare, lies in tables beside. `samples_history` alone answers a history of the usual metrics
// (its last two columns say nothing, but SQLite uses it alone only where it has all that a query names), and the key of
// `sample_metrics` one of a scenario's own. The cell and the plan of before come out of columns and settings.
//
// Only samples refer to campaigns by a foreign key: to check more of them would take longer than to write the rows.
constexpr std::string_view kCells = R"sql(
ALTER TABLE samples RENAME TO samples_1;
ALTER TABLE campaigns RENAME TO campaigns_1;

CREATE TABLE campaigns (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  scenario TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  git_sha TEXT NOT NULL,
  git_branch TEXT NOT NULL,
  git_dirty INTEGER NOT NULL,
  seed TEXT NOT NULL,
  warmup_blocks INTEGER NOT NULL,
  blocks INTEGER NOT NULL,
  dataset TEXT NOT NULL,
  server TEXT NOT NULL,
  host_hash TEXT NOT NULL,
  host_name TEXT NOT NULL,
  host_kernel TEXT NOT NULL,
  host_cpu_model TEXT NOT NULL,
  host_cpus INTEGER NOT NULL,
  host_memory_bytes INTEGER NOT NULL,
  settings TEXT NOT NULL,
  process_host_name TEXT NOT NULL,
  process_boot_id TEXT NOT NULL,
  process_pid INTEGER NOT NULL,
  process_started INTEGER NOT NULL
) STRICT;

CREATE TABLE cells (
  id INTEGER PRIMARY KEY,
  cell TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE builds (
  id INTEGER PRIMARY KEY,
  git_sha TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE metrics (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE samples (
  campaign INTEGER NOT NULL REFERENCES campaigns (number) ON DELETE CASCADE,
  block INTEGER NOT NULL,
  position INTEGER NOT NULL,
  warmup INTEGER NOT NULL,
  timestamp TEXT NOT NULL,
  cell INTEGER NOT NULL,
  build INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  exit_code INTEGER NOT NULL,
  wall_secs REAL NOT NULL,
  user_secs REAL NOT NULL,
  system_secs REAL NOT NULL,
  max_rss_bytes INTEGER NOT NULL,
  read_bytes INTEGER,
  written_bytes INTEGER,
  voluntary_switches INTEGER,
  involuntary_switches INTEGER,
  PRIMARY KEY (campaign, block, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_metrics (
  campaign INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  cell INTEGER NOT NULL,
  build INTEGER NOT NULL,
  block INTEGER NOT NULL,
  position INTEGER NOT NULL,
  is_counted INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (campaign, metric, cell, build, block, position){values}
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_documents (
  campaign INTEGER NOT NULL,
  block INTEGER NOT NULL,
  position INTEGER NOT NULL,
  error TEXT NOT NULL,
  run TEXT,
  PRIMARY KEY (campaign, block, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE baselines (
  name TEXT PRIMARY KEY,
  campaign_id TEXT NOT NULL,
  git_sha TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

INSERT INTO campaigns (id, started_at, finished_at, scenario, plan_hash, git_sha, git_branch, git_dirty, seed,
    warmup_blocks, blocks, dataset, server, host_hash, host_name, host_kernel, host_cpu_model, host_cpus,
    host_memory_bytes, settings, process_host_name, process_boot_id, process_pid, process_started)
  SELECT id, started_at, coalesce((SELECT max(timestamp) FROM samples_1 WHERE campaign_id = c.id), started_at),
    'load-methods', '', git_sha, git_branch, git_dirty, seed,
    CAST(coalesce(settings{json} ->> 'warmup', '0') AS INTEGER), CAST(coalesce(settings{json} ->> 'iters', '0') AS INTEGER),
    dataset, server, host_hash, host_name, host_kernel, host_cpu_model, host_cpus, host_memory_bytes, settings,
    host_name, '', 0, 0
  FROM campaigns_1 c ORDER BY started_at, id;

CREATE VIEW cells_1 AS
  SELECT s.campaign_id, s.block, s.position,
    '{' || CASE WHEN c.settings{json} ->> 'compression' IN ('none', 'lz4', 'zstd')
                THEN '"compression":"' || (c.settings{json} ->> 'compression') || '",' ELSE '' END
        || '"load_method":"' || s.mode || '","rows":"' || c.bench_rows || '","runtime":"'
        || CASE WHEN s.aot = 0 THEN 'native' ELSE 'aot' END || '"}' AS cell
  FROM samples_1 s JOIN campaigns_1 c ON c.id = s.campaign_id;

INSERT INTO cells (cell) SELECT DISTINCT cell FROM cells_1 ORDER BY cell;

INSERT INTO samples (campaign, block, position, warmup, timestamp, cell, build, outcome, exit_code, wall_secs, user_secs,
    system_secs, max_rss_bytes)
  SELECT c.number, s.block, s.position, s.warmup, s.timestamp, cells.id, 0, s.outcome, s.exit_code, s.wall_secs,
    s.user_secs, s.system_secs, s.max_rss_bytes
  FROM samples_1 s JOIN campaigns c ON c.id = s.campaign_id
  JOIN cells_1 k ON k.campaign_id = s.campaign_id AND k.block = s.block AND k.position = s.position
  JOIN cells ON cells.cell = k.cell;

INSERT INTO sample_documents (campaign, block, position, error, run)
  SELECT c.number, s.block, s.position, s.error, s.run
  FROM samples_1 s JOIN campaigns c ON c.id = s.campaign_id
  WHERE s.error <> '' OR s.run IS NOT NULL;

DROP VIEW cells_1;
DROP TABLE samples_1;
DROP TABLE campaigns_1;

CREATE INDEX campaigns_by_time ON campaigns (started_at, id);
CREATE INDEX campaigns_by_commit ON campaigns (git_sha);
CREATE INDEX campaigns_by_scenario ON campaigns (scenario, started_at);
CREATE INDEX campaigns_by_plan ON campaigns (plan_hash);
CREATE INDEX samples_by_build ON samples (build) WHERE build <> 0;
CREATE INDEX samples_history ON samples
  (campaign, cell, build, block, wall_secs, user_secs, system_secs, max_rss_bytes, warmup, outcome)
  WHERE warmup = 0 AND outcome = 'ok';
)sql";

constexpr std::string_view kTreeMemory = R"sql(
ALTER TABLE samples ADD COLUMN tree_rss_bytes INTEGER;
)sql";

constexpr std::string_view kFatesOfStreams = R"sql(
ALTER TABLE run_streams ADD COLUMN commit_state TEXT NOT NULL DEFAULT '';
ALTER TABLE run_streams ADD COLUMN notes TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::array kSteps = {kRunsAndSamples, kCells, kTreeMemory, kFatesOfStreams};

using Replacement = std::pair<std::string_view, std::string_view>;

// From left to right, at each place the first that fits.
template <size_t kCount>
std::string Replaced(std::string_view text, const std::array<Replacement, kCount>& replacements) {
  std::string result;
  while (!text.empty()) {
    size_t size = 1;
    std::string_view by = text.substr(0, 1);
    for (const auto& [from, to] : replacements) {
      if (!text.starts_with(from)) continue;
      size = from.size();
      by = to;
      break;
    }
    result += by;
    text.remove_prefix(size);
  }
  return result;
}

}  // namespace

std::span<const std::string_view> SchemaSteps() { return kSteps; }
int64_t SchemaVersion() { return static_cast<int64_t>(kSteps.size()); }

std::string ForSqlite(std::string_view step) {
  return Replaced(step, std::array<Replacement, 2>{{{"{json}", ""}, {"{values}", ""}}});
}

std::string ForPostgres(std::string_view step) {
  return Replaced(step, std::array<Replacement, 8>{{
                            {"INTEGER PRIMARY KEY", "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
                            {"INTEGER", "bigint"},
                            {"REAL", "double precision"},
                            {"TEXT", "text COLLATE \"C\""},
                            {" STRICT, WITHOUT ROWID", ""},
                            {" STRICT", ""},
                            {"{json}", "::json"},
                            {"{values}", " INCLUDE (is_counted, value)"},
                        }});
}

}  // namespace rapidbyte::store
