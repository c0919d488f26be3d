// The table that a stream is loaded into: found or created, compared with the stream, and the SQL that loads it.
// Wasm-safe; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arrow/types.h"
#include "base/result.h"
#include "pgwire/session.h"

namespace rapidbyte {

// One column on its way into the table.
struct TargetColumn {
  std::string name;        // quoted
  std::string carrier;     // the SQL type in which it arrives: int4, text
  std::string cast;        // "::type" the server has to cast it to, or empty: it is assigned as it is
  bool same_type = false;  // the table's column takes the carrier's binary form as it is
};

struct TargetTable {
  std::string name;  // qualified and quoted
  std::vector<TargetColumn> columns;

  // Whether rows can be copied straight into the table.
  bool TakesBinaryCopy() const;

  std::string CopyInto() const;       // straight into the table
  std::string CreateStaging() const;  // a temporary table of the carriers' types
  std::string CopyIntoStaging() const;
  std::string InsertFromStaging() const;
  std::string InsertFromArrays() const;  // $1 … $n: one array per column
};

// Whether the role may write the table or, where there is none, create it. Errors: permission.
Status CheckRights(pgwire::Session& session, std::string_view schema, std::string_view table);

// Makes sure, inside the running transaction, that schema and table exist and can take the stream. Types are compared
// by name. Errors: schema, naming the columns that do not fit.
Result<TargetTable> PrepareTarget(pgwire::Session& session, std::string_view schema, std::string_view table,
                                  const arrow::Schema& stream);

// Removes all rows, inside the running transaction; the table keeps its indexes and grants.
Status Empty(pgwire::Session& session, const TargetTable& target);

}  // namespace rapidbyte
