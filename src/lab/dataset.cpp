#include "lab/dataset.h"

#include <fmt/format.h>

#include <sstream>
#include <string_view>

namespace rapidbyte::lab {
namespace {

// Of whoever made a schema; only schemas with it are ever dropped.
constexpr const char* kMark = "made by rapidbyte bench; dropped by it as well";
// Of the advisory lock that a campaign holds on its server's database: "RBYTBNCH" in ASCII.
constexpr int64_t kLock = 0x524259544e4e4348;

constexpr struct {
  const char* name;
  std::string_view content;
} kSeedFiles[] = {
#include "bench_seed.inc"
};

constexpr std::string_view kRowsVariable = ":bench_rows";

// Replaces the psql variable by its value and leaves out psql's own commands, which begin with a backslash.
std::string SeedStatements(uint64_t rows) {
  std::istringstream lines{std::string(kSeedFiles[0].content)};
  std::string statements;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('\\')) continue;
    for (size_t at = 0; (at = line.find(kRowsVariable, at)) != std::string::npos;) {
      const std::string value = std::to_string(rows);
      line.replace(at, kRowsVariable.size(), value);
      at += value.size();
    }
    statements += line + '\n';
  }
  return statements;
}

Status DropOwnSchema(Postgres& server, const std::string& schema) {
  RB_ASSIGN(const std::vector<std::string> found,
            server.Row(fmt::format("SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE "
                                   "nspname = {}",
                                   QuoteLiteral(schema))));
  if (found.empty()) return {};
  if (found.front() != kMark) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("the schema \"{}\" exists and was not made by a benchmark", schema),
                "rename it, or use another database");
  }
  return server.Exec(fmt::format("DROP SCHEMA {} CASCADE", QuoteIdentifier(schema)));
}

Status MakeSchema(Postgres& server, const std::string& schema) {
  return server.Exec(fmt::format("BEGIN; CREATE SCHEMA {0}; COMMENT ON SCHEMA {0} IS {1}; COMMIT",
                                 QuoteIdentifier(schema), QuoteLiteral(kMark)));
}

// Not everyone may; a server that is only lent to us does without.
Status CheckpointIfAllowed(Postgres& server) {
  const Status done = server.Exec("CHECKPOINT");
  const bool not_allowed = server.sql_state() == "42501";
  return not_allowed ? Status() : done;
}

}  // namespace

Status ClaimSchemas(Postgres& server) {
  RB_ASSIGN(const std::string locked, server.Value(fmt::format("SELECT pg_try_advisory_lock({})", kLock)));
  if (locked != "t") {
    return Fail(ErrorCode::kConfiguration, "another benchmark is running in this database",
                "wait until it has ended, or use another database");
  }
  RB_TRY(DropSchemas(server));
  for (const char* schema : {kSourceSchema, kDestinationSchema}) RB_TRY(MakeSchema(server, schema));
  return {};
}

Status SeedBenchEvents(Postgres& server, uint64_t rows) {
  RB_TRY(server.Exec(fmt::format("SET search_path TO {}", QuoteIdentifier(kSourceSchema))));
  RB_TRY(server.Exec(SeedStatements(rows)));
  RB_TRY(server.Exec("RESET search_path"));
  RB_TRY(server.Exec(fmt::format("VACUUM (ANALYZE) {}", Quote({kSourceSchema, kBenchTable}))));
  return CheckpointIfAllowed(server);
}

Status CleanDestination(Postgres& server) {
  RB_TRY(DropOwnSchema(server, kDestinationSchema));
  RB_TRY(MakeSchema(server, kDestinationSchema));
  return CheckpointIfAllowed(server);
}

Status DropSchemas(Postgres& server) {
  for (const char* schema : {kSourceSchema, kDestinationSchema}) RB_TRY(DropOwnSchema(server, schema));
  return {};
}

}  // namespace rapidbyte::lab
