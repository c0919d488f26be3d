// The tables that are moved: named datasets with the same rows each time, pgbench's, and tables of one's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"
#include "lab/postgres.h"
#include "lab/verification.h"
#include "scenario/scenario.h"

namespace rapidbyte::lab {

// A table that is there, and what must have arrived after a run.
struct Dataset {
  TableName table;
  std::vector<std::string> columns;
  TableContent content;
};

// Makes the table in a schema of its own (see bench_schemas.h; the schemas are claimed), analysed and checkpointed, and
// reads what it holds. `size` is the number of rows, or pgbench's scale. `server` is where `session` is. A table of
// DatasetSpec::Kind::kTable is there already, and stays as it is; of a kSql file, read by psql with search_path set to
// the schema and the size in the variable bench_rows, it is the one that the spec names. Errors: kConfiguration for a
// table or a file that is not there, for a file that psql refuses (with its message), for an unknown name.
Result<Dataset> Seed(Postgres& session, const ServerAddress& server, const scenario::DatasetSpec& spec, uint64_t size,
                     const Interrupt* interrupt = nullptr);

// Nothing where the destination schema holds the dataset's rows; otherwise what is wrong, as a sentence.
Result<std::optional<std::string>> FindMissing(Postgres& session, const Dataset& dataset);

}  // namespace rapidbyte::lab
