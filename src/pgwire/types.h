// How PostgreSQL's types travel: which ones Arrow holds natively, under which names and numbers the server knows them,
// and the change of epoch. docs/formats/arrow_types.md has the table. Wasm-safe.
#pragma once

#include <cstdint>
#include <limits>
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

// Days of a date or microseconds of a timestamp, by the distance of the epochs in the same unit. False where a finite
// value has none in Arrow: a timestamp after the year 294246. All finite dates that PostgreSQL can hold do have one.
template <typename T>
inline bool ToArrow(T value, T epoch, T* arrow) {
  constexpr T infinity = std::numeric_limits<T>::max();
  if (value == infinity || value == std::numeric_limits<T>::min()) {
    *arrow = value;
    return true;
  }
  return !__builtin_add_overflow(value, epoch, arrow) && *arrow != infinity;
}

// The way back. A finite value that PostgreSQL's integer cannot hold (no source of ours sends one) becomes its smallest
// finite integer, which the server refuses as out of range, and never an infinity.
template <typename T>
inline T FromArrow(T value, T epoch) {
  constexpr T minus_infinity = std::numeric_limits<T>::min();
  if (value == std::numeric_limits<T>::max() || value == minus_infinity) return value;
  return value <= minus_infinity + epoch ? static_cast<T>(minus_infinity + 1) : static_cast<T>(value - epoch);
}

inline bool DateToArrow(int32_t days, int32_t* arrow) { return ToArrow(days, kEpochDays, arrow); }
inline int32_t DateFromArrow(int32_t days) { return FromArrow(days, kEpochDays); }
inline bool TimestampToArrow(int64_t micros, int64_t* arrow) { return ToArrow(micros, kEpochMicros, arrow); }
inline int64_t TimestampFromArrow(int64_t micros) { return FromArrow(micros, kEpochMicros); }

}  // namespace rapidbyte::pgwire
