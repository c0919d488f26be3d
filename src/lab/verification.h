// Whether all rows arrived, and as they were: number and hash of a table's content, computed by its own server.
//
// The hash is the sum of a 64-bit hash of every row's text form, and so does not depend on the rows' order; a missing,
// additional, doubled or changed row changes number or sum. Output settings are pinned, so that tables on servers with
// different settings compare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/postgres.h"

namespace rapidbyte::lab {

struct TableContent {
  uint64_t rows = 0;
  std::string hash;  // a decimal number
  bool operator==(const TableContent&) const = default;
};

// The names of a table's columns, in its order. Errors: kConfiguration where there is no such table.
Result<std::vector<std::string>> ColumnsOf(Postgres& server, const TableName& table);

Result<TableContent> ReadContent(Postgres& server, const TableName& table, const std::vector<std::string>& columns);

// Nothing where `table` holds `expected`; otherwise what is wrong, as a sentence. A table or a column that is not there
// is wrong content; errors are those of the connection.
Result<std::optional<std::string>> FindDifference(Postgres& server, const TableName& table,
                                                  const std::vector<std::string>& columns,
                                                  const TableContent& expected);

}  // namespace rapidbyte::lab
