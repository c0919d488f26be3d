// The table that a stream is loaded into, compared with the stream, and the SQL that loads it. All names are qualified:
// the role's search_path holds while the SQL runs. Wasm-safe; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arrow/types.h"
#include "base/result.h"
#include "dest_postgres/relation.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// One column on its way into the table.
struct TargetColumn {
  std::string name;     // quoted
  std::string carrier;  // the SQL type in which it arrives: pg_catalog.int4
  std::string type;     // the table's column's, with its modifier
  std::string before;   // what stands around a value for the server to cast it; both empty: it is assigned as it is
  std::string after;
  bool same_type = false;  // the table's column takes the carrier's binary form as it is

  bool casts() const { return !after.empty(); }
  std::string Cast(std::string_view value) const { return before + std::string(value) + after; }
};

struct TargetTable {
  std::string name;     // qualified and quoted: where the rows are to be
  std::string staging;  // likewise: the temporary table that they go to first, or empty
  std::vector<TargetColumn> columns;

  const std::string& loaded() const { return staging.empty() ? name : staging; }
  std::string CopyIn() const;            // into loaded()
  std::string InsertFromArrays() const;  // into loaded(); $1 … $n: one array per column
  std::string CreateStaging() const;
  std::string InsertFromStaging() const;
  std::string ExplainInsert() const;  // has the server plan how rows get from carriers into the columns
};

// How each field of the stream gets into a column. Errors: schema, naming the columns that do not fit.
Result<std::vector<TargetColumn>> MatchColumns(const arrow::Schema& stream, const Relation& relation,
                                               const std::string& table);

}  // namespace rapidbyte::dest_postgres
