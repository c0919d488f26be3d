// One column as a PostgreSQL array in binary form: a parameter of INSERT … SELECT FROM unnest($1::int4[], …).
// Wasm-safe; no state.
#pragma once

#include <cstdint>
#include <vector>

#include "arrow/ipc_reader.h"

namespace rapidbyte::pgwire {

// Appends the values of `rows` rows from `first` on, without its length word: dimensions (0 for no rows), null flag,
// element type, length, lower bound 1, elements. Texts travel as text[].
void EncodeArray(const arrow::ColumnView& column, uint32_t first, uint32_t rows, std::vector<uint8_t>& out);

// At most what EncodeArray makes of the same rows of all columns, with a length word each.
uint64_t ArrayBytes(const arrow::BatchView& batch, uint32_t first, uint32_t rows);

// How many rows from `first` on, at least one, have arrays of `bytes` in all at most. `first` is one of the batch's.
uint32_t RowsOfSlice(const arrow::BatchView& batch, uint32_t first, uint64_t bytes);

}  // namespace rapidbyte::pgwire
