// The tables that are moved: named datasets with the same rows each time, pgbench's, and tables of one's own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"
#include "lab/postgres.h"
#include "lab/verification.h"

namespace rapidbyte::lab {

enum class DatasetKind {
  kNamed,    // seeded by a file of ours: bench_events, events, orders, documents
  kPgbench,  // pgbench's own initialiser; pgbench_accounts is moved
  kSql,      // seeded by a file of the user's
  kTable,    // is there already, and stays as it is
};

struct DatasetSpec {
  DatasetKind kind = DatasetKind::kNamed;
  std::string name = "bench_events";  // of kNamed
  uint64_t rows = 100'000;            // of kNamed; of kSql the value of the psql variable bench_rows
  uint64_t scale = 1;                 // of kPgbench: 100,000 rows each
  std::filesystem::path file;         // of kSql: read by psql, with search_path set to the dataset's schema
  TableName table;                    // of kTable; of kSql: the table that is moved, and no schema

  bool operator==(const DatasetSpec&) const = default;
};

std::span<const std::string_view> NamedDatasets();

// "bench_events, 100,000 rows", "pgbench, scale 10"
std::string Describe(const DatasetSpec& spec);

// A table that is there, and what must have arrived after a run.
struct Dataset {
  TableName table;
  std::vector<std::string> columns;
  TableContent content;
};

// Makes the table in a schema of its own (see bench_schemas.h; the schemas are claimed), analysed and checkpointed, and
// reads what it holds. `server` is where `session` is. Errors: kConfiguration for a table or a file that is not there,
// for a file that psql refuses (with its message), for an unknown name.
Result<Dataset> Seed(Postgres& session, const ServerAddress& server, const DatasetSpec& spec,
                     const Interrupt* interrupt = nullptr);

}  // namespace rapidbyte::lab
