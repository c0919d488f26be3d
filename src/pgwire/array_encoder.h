// One column as a PostgreSQL array in binary form: a parameter of INSERT … SELECT FROM unnest($1::int4[], …).
// Wasm-safe; no state.
#pragma once

#include <cstdint>
#include <vector>

#include "arrow/ipc_reader.h"

namespace rapidbyte::pgwire {

// Appends the value without its length word: dimensions (0 for no rows), null flag, element type, length, lower bound
// 1, elements. Texts travel as text[].
void EncodeArray(const arrow::ColumnView& column, std::vector<uint8_t>& out);

}  // namespace rapidbyte::pgwire
