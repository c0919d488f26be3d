// Databases of the encoding SQL_ASCII, which neither check nor convert the text that they hold. Everybody else's server
// hands out valid UTF-8. Wasm-safe; one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "arrow/column_builder.h"
#include "arrow/types.h"
#include "base/result.h"
#include "pgwire/session.h"

namespace rapidbyte::source_postgres {

// Lets the server hand out its bytes as they are, where it would refuse a whole statement for one of them, and name
// neither row nor column.
inline constexpr std::string_view kRawText = "; SET LOCAL client_encoding = 'SQL_ASCII'";

struct ServerText {
  std::string server;     // sdk::kServerIdentity
  bool raw_text = false;  // its database is one of those
};

// Runs `begin`, which begins a transaction; where the database is one of those, with kRawText.
Result<ServerText> BeginRaw(pgwire::Session& session, const std::string& begin);

// Looks at all text of a batch, whose first row is `first_row` of the stream (from 1). Errors: data, naming row, column
// and value of the first text that is not valid UTF-8.
Status CheckText(const arrow::Schema& schema, std::span<const arrow::ColumnBuilder> columns, uint64_t first_row);

// A value as it can be printed: the surroundings of its first invalid byte, bytes spelt out as \xe9.
std::string Excerpt(std::string_view value);

}  // namespace rapidbyte::source_postgres
