#include "lab/bench_schemas.h"

#include <fmt/format.h>

namespace rapidbyte::lab {
namespace {

// Of whoever made a schema; only schemas with it are ever dropped.
constexpr const char* kMark = "made by rapidbyte bench; dropped by it as well";
// Of the advisory lock that a campaign holds on its server's database: "RBYTBNCH" in ASCII.
constexpr int64_t kLock = 0x524259544e4e4348;

// All schemas with our mark.
Result<std::vector<std::string>> OwnSchemas(Postgres& server) {
  return server.Column(
      fmt::format("SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = {} ORDER BY 1",
                  QuoteLiteral(kMark)));
}

Status DropSchema(Postgres& server, const std::string& schema) {
  return server.Exec(fmt::format("DROP SCHEMA {} CASCADE", QuoteIdentifier(schema)));
}

Status RefuseForeign(Postgres& server, const std::string& schema) {
  RB_ASSIGN(const std::vector<std::string> found,
            server.Row(fmt::format("SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE "
                                   "nspname = {}",
                                   QuoteLiteral(schema))));
  if (found.empty() || found.front() == kMark) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("the schema \"{}\" exists and was not made by a benchmark", schema),
              "rename it, or use another database");
}

}  // namespace

Status ClaimSchemas(Postgres& server) {
  RB_ASSIGN(const std::string locked, server.Value(fmt::format("SELECT pg_try_advisory_lock({})", kLock)));
  if (locked != "t") {
    return Fail(ErrorCode::kConfiguration, "another benchmark is running in this database",
                "wait until it has ended, or use another database");
  }
  RB_TRY(RefuseForeign(server, kDestinationSchema));
  RB_TRY(DropSchemas(server));
  return MakeSchema(server, kDestinationSchema);
}

Status MakeSchema(Postgres& server, const std::string& schema) {
  RB_TRY(RefuseForeign(server, schema));
  return server.Exec(fmt::format("BEGIN; CREATE SCHEMA {0}; COMMENT ON SCHEMA {0} IS {1}; COMMIT",
                                 QuoteIdentifier(schema), QuoteLiteral(kMark)));
}

Status CleanDestination(Postgres& server) {
  RB_TRY(RefuseForeign(server, kDestinationSchema));
  RB_TRY(server.Exec(fmt::format("DROP SCHEMA IF EXISTS {} CASCADE", QuoteIdentifier(kDestinationSchema))));
  RB_TRY(MakeSchema(server, kDestinationSchema));
  return CheckpointIfAllowed(server);
}

Status DropSchemas(Postgres& server) {
  RB_ASSIGN(const std::vector<std::string> schemas, OwnSchemas(server));
  for (const std::string& schema : schemas) RB_TRY(DropSchema(server, schema));
  return {};
}

Status CheckpointIfAllowed(Postgres& server) {
  const Status done = server.Exec("CHECKPOINT");
  const bool not_allowed = server.sql_state() == "42501";
  return not_allowed ? Status() : done;
}

}  // namespace rapidbyte::lab
