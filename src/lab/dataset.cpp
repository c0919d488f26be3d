#include "lab/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/format.h"
#include "lab/bench_schemas.h"
#include "lab/libpq_names.h"
#include "lab/subprocess.h"

namespace rapidbyte::lab {
namespace {

constexpr struct {
  std::string_view name;
  std::string_view content;
} kSeedFiles[] = {
#include "seed_files.inc"
};

constexpr std::array<std::string_view, 4> kNames = {"bench_events", "events", "orders", "documents"};
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

std::string SchemaOf(const DatasetSpec& spec) {
  switch (spec.kind) {
    case DatasetKind::kNamed:
      return fmt::format("rapidbyte_bench_{}_{}", spec.name, spec.rows);
    case DatasetKind::kPgbench:
      return fmt::format("rapidbyte_bench_pgbench_{}", spec.scale);
    case DatasetKind::kSql:
      return fmt::format("rapidbyte_bench_sql_{}", spec.rows);
    case DatasetKind::kTable:
      return spec.table.schema;
  }
  return {};
}

Status SeedNamed(Postgres& session, const DatasetSpec& spec, const std::string& schema) {
  RB_ASSIGN(const std::string_view content, SeedFile(spec.name));
  RB_TRY(session.Exec(fmt::format("SET search_path TO {}", QuoteIdentifier(schema))));
  RB_TRY(session.Exec(SeedStatements(content, spec.rows)));
  return session.Exec("RESET search_path");
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
  return Fail(ErrorCode::kConfiguration, program + ": " + LastLine(run));
}

Status SeedByClient(const ServerAddress& server, const DatasetSpec& spec, const std::string& schema,
                    const Interrupt* interrupt) {
  if (spec.kind == DatasetKind::kPgbench) {
    return RunClient(server, schema, {"pgbench", "-i", "-q", "-s", std::to_string(spec.scale)}, interrupt);
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(spec.file, ignored)) {
    return Fail(ErrorCode::kConfiguration, "there is no file " + spec.file.string());
  }
  return RunClient(
      server, schema,
      {"psql", "-qX", "-v", "ON_ERROR_STOP=1", "-v", fmt::format("bench_rows={}", spec.rows), "-f", spec.file.string()},
      interrupt);
}

Status Make(Postgres& session, const ServerAddress& server, const DatasetSpec& spec, const TableName& table,
            const Interrupt* interrupt) {
  RB_TRY(MakeSchema(session, table.schema));
  if (spec.kind == DatasetKind::kNamed) {
    RB_TRY(SeedNamed(session, spec, table.schema));
  } else {
    RB_TRY(SeedByClient(server, spec, table.schema, interrupt));
  }
  RB_TRY(session.Exec(fmt::format("VACUUM (ANALYZE) {}", Quote(table))));
  return CheckpointIfAllowed(session);
}

TableName TableOf(const DatasetSpec& spec) {
  switch (spec.kind) {
    case DatasetKind::kNamed:
      return {SchemaOf(spec), spec.name};
    case DatasetKind::kPgbench:
      return {SchemaOf(spec), kPgbenchTable};
    case DatasetKind::kSql:
    case DatasetKind::kTable:
      break;
  }
  return {SchemaOf(spec), spec.table.table};
}

}  // namespace

std::span<const std::string_view> NamedDatasets() { return kNames; }

std::string Describe(const DatasetSpec& spec) {
  switch (spec.kind) {
    case DatasetKind::kNamed:
      return fmt::format("{}, {} rows", spec.name, FormatThousands(spec.rows));
    case DatasetKind::kPgbench:
      return fmt::format("pgbench, scale {}", spec.scale);
    case DatasetKind::kSql:
      return spec.file.filename().string();
    case DatasetKind::kTable:
      return "table " + Quote(spec.table);
  }
  return {};
}

Result<Dataset> Seed(Postgres& session, const ServerAddress& server, const DatasetSpec& spec,
                     const Interrupt* interrupt) {
  Dataset dataset;
  dataset.table = TableOf(spec);
  if (spec.kind != DatasetKind::kTable) RB_TRY(Make(session, server, spec, dataset.table, interrupt));
  RB_ASSIGN(dataset.columns, ColumnsOf(session, dataset.table));
  RB_ASSIGN(dataset.content, ReadContent(session, dataset.table, dataset.columns));
  return dataset;
}

}  // namespace rapidbyte::lab
