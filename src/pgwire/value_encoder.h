// One value in PostgreSQL's binary form with its length word, as COPY rows and array elements have it. Inline, because
// it is the inner loop of every destination. Wasm-safe.
#pragma once

#include <cstdint>
#include <cstring>

#include "arrow/ipc_reader.h"
#include "base/bytes.h"
#include "pgwire/types.h"

namespace rapidbyte::pgwire {

// Bytes of a value of fixed width; 0 for the others.
constexpr uint32_t ValueWidth(arrow::TypeId type) { return type == arrow::TypeId::kBool ? 1 : arrow::FixedWidth(type); }

template <typename T>
inline uint8_t* EncodeFixed(uint8_t* to, T value) {
  StoreBigEndian(to, static_cast<uint32_t>(sizeof value));
  StoreBigEndian(to + 4, value);
  return to + 4 + sizeof value;
}

inline uint8_t* EncodeBytes(uint8_t* to, const void* bytes, size_t size) {
  StoreBigEndian(to, static_cast<uint32_t>(size));
  if (size != 0) std::memcpy(to + 4, bytes, size);
  return to + 4 + size;
}

// Writes the value, or NULL, and returns where the next one goes; the caller has made room.
inline uint8_t* EncodeValue(const arrow::ColumnView& column, uint32_t row, uint8_t* to) {
  using arrow::TypeId;
  if (column.IsNull(row)) {
    StoreBigEndian(to, int32_t{-1});
    return to + 4;
  }
  switch (column.type) {
    case TypeId::kBool:
      return EncodeFixed(to, static_cast<uint8_t>(column.Bool(row)));
    case TypeId::kInt16:
      return EncodeFixed(to, column.Fixed<uint16_t>(row));
    case TypeId::kInt32:
    case TypeId::kFloat32:
      return EncodeFixed(to, column.Fixed<uint32_t>(row));
    case TypeId::kInt64:
    case TypeId::kFloat64:
      return EncodeFixed(to, column.Fixed<uint64_t>(row));
    case TypeId::kDate32:
      return EncodeFixed(to, DateFromArrow(column.Fixed<int32_t>(row)));
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz:
      return EncodeFixed(to, TimestampFromArrow(column.Fixed<int64_t>(row)));
    case TypeId::kUuid:
      return EncodeBytes(to, column.Uuid(row), 16);
    case TypeId::kUtf8:
    case TypeId::kBinary: {
      const std::string_view bytes = column.Bytes(row);
      return EncodeBytes(to, bytes.data(), bytes.size());
    }
  }
  return to;
}

}  // namespace rapidbyte::pgwire
