// Reads the messages of an Arrow IPC stream that ipc_writer.h writes, trusting nothing in them.
//
// Batches are views: they point into the message and copy nothing. After a successful read every buffer lies inside
// the message, is long enough for its column, and offsets ascend from zero to at most the length of the values, so
// that whoever reads the columns need check nothing. Wasm-safe. One thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "arrow/types.h"
#include "base/bytes.h"
#include "base/result.h"

namespace rapidbyte::arrow {

struct ColumnView {
  TypeId type = TypeId::kUtf8;
  uint32_t length = 0;
  uint32_t null_count = 0;
  const uint8_t* validity = nullptr;  // nullptr: no nulls
  const uint8_t* offsets = nullptr;   // int32, unaligned; variable-width types only
  const uint8_t* values = nullptr;

  bool IsNull(uint32_t row) const { return validity != nullptr && ((validity[row >> 3] >> (row & 7)) & 1) == 0; }
  bool Bool(uint32_t row) const { return ((values[row >> 3] >> (row & 7)) & 1) != 0; }
  template <typename T>
  T Fixed(uint32_t row) const {
    return LoadLittleEndian<T>(values + size_t{row} * sizeof(T));
  }
  const uint8_t* Uuid(uint32_t row) const { return values + size_t{row} * 16; }
  std::string_view Bytes(uint32_t row) const {
    const auto begin = LoadLittleEndian<int32_t>(offsets + size_t{row} * 4);
    const auto end = LoadLittleEndian<int32_t>(offsets + size_t{row} * 4 + 4);
    return {reinterpret_cast<const char*>(values) + begin, static_cast<size_t>(end - begin)};
  }
};

struct BatchView {
  uint32_t rows = 0;
  std::vector<ColumnView> columns;
};

// Reads one encapsulated schema message. Errors: kData, saying what is malformed or not supported.
Result<Schema> ReadSchemaMessage(std::span<const uint8_t> message);

// Reads one encapsulated record batch message of `schema` into `batch`, whose memory is reused. Errors: kData.
Status ReadBatchMessage(std::span<const uint8_t> message, const Schema& schema, BatchView& batch);

}  // namespace rapidbyte::arrow
