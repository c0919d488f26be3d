// The part of Arrow's type system that Rapidbyte carries, and schemas made of it. Wasm-safe.
//
// https://arrow.apache.org/docs/format/Columnar.html. Dates count days and timestamps microseconds from 1970-01-01.
// The extreme values of their integers stand for PostgreSQL's infinities, see docs/formats/arrow_types.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapidbyte::arrow {

enum class TypeId : uint8_t {
  kBool,  // bitmap
  kInt16,
  kInt32,
  kInt64,
  kFloat32,
  kFloat64,
  kUtf8,         // int32 offsets
  kBinary,       // int32 offsets
  kDate32,       // int32 days
  kTimestamp,    // int64 microseconds, no time zone
  kTimestampTz,  // int64 microseconds, UTC
  kUuid,         // fixed-size binary of 16 bytes, with Arrow's canonical extension name arrow.uuid
};

// Bytes of one value of a fixed-width type; 0 for kBool (one bit), kUtf8 and kBinary.
constexpr uint32_t FixedWidth(TypeId type) {
  switch (type) {
    case TypeId::kInt16:
      return 2;
    case TypeId::kInt32:
    case TypeId::kFloat32:
    case TypeId::kDate32:
      return 4;
    case TypeId::kInt64:
    case TypeId::kFloat64:
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz:
      return 8;
    case TypeId::kUuid:
      return 16;
    case TypeId::kBool:
    case TypeId::kUtf8:
    case TypeId::kBinary:
      return 0;
  }
  return 0;
}

constexpr bool IsVariableWidth(TypeId type) { return type == TypeId::kUtf8 || type == TypeId::kBinary; }

struct Field {
  std::string name;
  TypeId type = TypeId::kUtf8;
  bool nullable = true;
  std::vector<std::pair<std::string, std::string>> metadata;  // custom metadata, in order

  // The value of a metadata key, or an empty view.
  std::string_view Metadata(std::string_view key) const {
    for (const auto& [name_, value] : metadata) {
      if (name_ == key) return value;
    }
    return {};
  }
  friend bool operator==(const Field&, const Field&) = default;
};

struct Schema {
  std::vector<Field> fields;
  friend bool operator==(const Schema&, const Schema&) = default;
};

}  // namespace rapidbyte::arrow
