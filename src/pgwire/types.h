// How PostgreSQL's types travel: which ones Arrow holds natively, under which names and numbers the server knows them,
// and the change of epoch. docs/formats/arrow_types.md has the table. Wasm-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "arrow/types.h"

namespace rapidbyte::pgwire {

// The Arrow type of a type's name as format_type() prints it with search_path = pg_catalog ("integer",
// "character varying(20)", "timestamp(3) without time zone"); nothing for a type that travels as text.
std::optional<arrow::TypeId> NativeType(std::string_view pg_type);

// The SQL type whose binary form the Arrow type's values have: what a staging column or an array's element is.
std::string_view CarrierType(arrow::TypeId type);
uint32_t ElementOid(arrow::TypeId type);
uint32_t ArrayOid(arrow::TypeId type);

// PostgreSQL counts from 2000-01-01, Arrow from 1970-01-01; the extreme integers are infinities on both sides.
inline constexpr int32_t kEpochDays = 10957;
inline constexpr int64_t kEpochMicros = int64_t{kEpochDays} * 86'400'000'000;

// Every finite date of PostgreSQL has one in Arrow; the addition cannot overflow for them.
inline int32_t DateToArrow(int32_t days) {
  return days == INT32_MAX || days == INT32_MIN ? days
                                                : static_cast<int32_t>(static_cast<uint32_t>(days) + kEpochDays);
}
inline int32_t DateFromArrow(int32_t days) {
  return days == INT32_MAX || days == INT32_MIN ? days
                                                : static_cast<int32_t>(static_cast<uint32_t>(days) - kEpochDays);
}

// False where a finite timestamp has none in Arrow: after the year 294246.
inline bool TimestampToArrow(int64_t micros, int64_t* arrow) {
  if (micros == INT64_MAX || micros == INT64_MIN) {
    *arrow = micros;
    return true;
  }
  return !__builtin_add_overflow(micros, kEpochMicros, arrow) && *arrow != INT64_MAX;
}
inline int64_t TimestampFromArrow(int64_t micros) {
  return micros == INT64_MAX || micros == INT64_MIN
             ? micros
             : static_cast<int64_t>(static_cast<uint64_t>(micros) - static_cast<uint64_t>(kEpochMicros));
}

}  // namespace rapidbyte::pgwire
