#include "lab/dataset.h"

#include <fmt/format.h>

#include <sstream>

#include "lab/bench_schemas.h"
#include "lab/libpq_names.h"
#include "lab/subprocess.h"

namespace rapidbyte::lab {
namespace {

using scenario::DatasetSpec;
using Kind = DatasetSpec::Kind;

constexpr struct {
  std::string_view name;
  std::string_view content;
} kSeedFiles[] = {
#include "seed_files.inc"
};

constexpr const char* kPgbenchTable = "pgbench_accounts";
constexpr std::string_view kRowsVariable = ":bench_rows";

Result<std::string_view> SeedFile(const std::string& name) {
  const std::string file = name == "bench_events" ? "bench_seed.sql" : name + ".sql";
  for (const auto& seed : kSeedFiles) {
    if (seed.name == file) return seed.content;
  }
  return Fail(ErrorCode::kConfiguration, fmt::format("there is no dataset \"{}\"", name),
              "there are bench_events, events, orders, documents, pgbench, a file (sql:) and a table (table:)");
}

// Replaces the psql variable by its value and leaves out psql's own commands, which begin with a backslash.
std::string SeedStatements(std::string_view content, uint64_t rows) {
  std::istringstream lines{std::string(content)};
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

// "public.orders" or "orders"
TableName ParseTable(const std::string& text) {
  const size_t dot = text.find('.');
  if (dot == std::string::npos) return {"public", text};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

TableName TableOf(const DatasetSpec& spec, uint64_t size) {
  switch (spec.kind) {
    case Kind::kGenerated:
      return {fmt::format("rapidbyte_bench_{}_{}", spec.name, size), spec.name};
    case Kind::kPgbench:
      return {fmt::format("rapidbyte_bench_pgbench_{}", size), kPgbenchTable};
    case Kind::kSql:
      return {fmt::format("rapidbyte_bench_sql_{}", size), spec.table};
    case Kind::kTable:
      return ParseTable(spec.table);
    case Kind::kNone:
      break;
  }
  return {};
}

Status SeedNamed(Postgres& session, const DatasetSpec& spec, uint64_t size, const std::string& schema) {
  RB_ASSIGN(const std::string_view content, SeedFile(spec.name));
  RB_TRY(session.Exec(fmt::format("SET search_path TO {}", QuoteIdentifier(schema))));
  RB_TRY(session.Exec(SeedStatements(content, size)));
  return session.Exec("RESET search_path");
}

// psql's first error; what comes after it is a consequence, or a caret below a line.
std::string FirstError(const SubprocessResult& run) {
  std::istringstream lines(run.err);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("ERROR:") != std::string::npos) return line;
  }
  return LastLine(run);
}

// A client program of PostgreSQL that works in one schema.
Status RunClient(const ServerAddress& server, const std::string& schema, std::vector<std::string> argv,
                 const Interrupt* interrupt) {
  Command command;
  const std::string program = argv.front();
  command.argv = std::move(argv);
  command.environment = ClientEnvironment(server);
  command.environment["PGOPTIONS"] = fmt::format("-c search_path={}", schema);
  SubprocessLimits limits;
  limits.interrupt = interrupt;
  RB_ASSIGN(const SubprocessResult run, RunSubprocess(command, limits));
  if (run.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (run.exit_code == 0) return {};
  return Fail(ErrorCode::kConfiguration, program + ": " + FirstError(run));
}

Status SeedByClient(const ServerAddress& server, const DatasetSpec& spec, uint64_t size, const std::string& schema,
                    const Interrupt* interrupt) {
  if (spec.kind == Kind::kPgbench) {
    return RunClient(server, schema, {"pgbench", "-i", "-q", "-s", std::to_string(size)}, interrupt);
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(spec.sql_file, ignored)) {
    return Fail(ErrorCode::kConfiguration, "there is no file " + spec.sql_file.string());
  }
  return RunClient(
      server, schema,
      {"psql", "-qX", "-v", "ON_ERROR_STOP=1", "-v", fmt::format("bench_rows={}", size), "-f", spec.sql_file.string()},
      interrupt);
}

Status CheckMade(Postgres& session, const DatasetSpec& spec, const TableName& table) {
  RB_ASSIGN(const std::string made, session.Value("SELECT count(to_regclass(" + QuoteLiteral(Quote(table)) + "))"));
  if (made != "0" || spec.kind != Kind::kSql) return {};
  return Fail(ErrorCode::kConfiguration, fmt::format("{} made no table {}", spec.sql_file.string(), table.table),
              "it works in a schema of its own: CREATE TABLE without naming one");
}

Status Make(Postgres& session, const ServerAddress& server, const DatasetSpec& spec, uint64_t size,
            const TableName& table, const Interrupt* interrupt) {
  RB_TRY(MakeSchema(session, table.schema));
  if (spec.kind == Kind::kGenerated) {
    RB_TRY(SeedNamed(session, spec, size, table.schema));
  } else {
    RB_TRY(SeedByClient(server, spec, size, table.schema, interrupt));
    RB_TRY(CheckMade(session, spec, table));
  }
  RB_TRY(session.Exec(fmt::format("VACUUM (ANALYZE) {}", Quote(table))));
  return CheckpointIfAllowed(session);
}

}  // namespace

Result<Dataset> Seed(Postgres& session, const ServerAddress& server, const DatasetSpec& spec, uint64_t size,
                     const Interrupt* interrupt) {
  Dataset dataset;
  dataset.table = TableOf(spec, size);
  if (spec.kind != Kind::kTable) RB_TRY(Make(session, server, spec, size, dataset.table, interrupt));
  RB_ASSIGN(dataset.columns, ColumnsOf(session, dataset.table));
  RB_ASSIGN(dataset.content, ReadContent(session, dataset.table, dataset.columns));
  return dataset;
}

Result<std::optional<std::string>> FindMissing(Postgres& session, const Dataset& dataset) {
  return FindDifference(session, {kDestinationSchema, dataset.table.table}, dataset.columns, dataset.content);
}

}  // namespace rapidbyte::lab
