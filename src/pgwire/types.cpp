#include "pgwire/types.h"

#include <array>
#include <string>

namespace rapidbyte::pgwire {
namespace {

using arrow::TypeId;

struct TypeRow {
  TypeId type;
  std::string_view name;  // without modifier
  std::string_view carrier;
  uint32_t oid;
  uint32_t array_oid;
};

// The numbers are fixed in PostgreSQL's catalog (pg_type.dat).
constexpr std::array kTypes = {
    TypeRow{TypeId::kBool, "boolean", "bool", 16, 1000},
    TypeRow{TypeId::kInt16, "smallint", "int2", 21, 1005},
    TypeRow{TypeId::kInt32, "integer", "int4", 23, 1007},
    TypeRow{TypeId::kInt64, "bigint", "int8", 20, 1016},
    TypeRow{TypeId::kFloat32, "real", "float4", 700, 1021},
    TypeRow{TypeId::kFloat64, "double precision", "float8", 701, 1022},
    TypeRow{TypeId::kUtf8, "text", "text", 25, 1009},
    TypeRow{TypeId::kBinary, "bytea", "bytea", 17, 1001},
    TypeRow{TypeId::kDate32, "date", "date", 1082, 1182},
    TypeRow{TypeId::kTimestamp, "timestamp without time zone", "timestamp", 1114, 1115},
    TypeRow{TypeId::kTimestampTz, "timestamp with time zone", "timestamptz", 1184, 1185},
    TypeRow{TypeId::kUuid, "uuid", "uuid", 2950, 2951},
};

// Rows lie in TypeId's own order, so that a type is its row's place.
constexpr bool InOrder() {
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if (static_cast<size_t>(kTypes[i].type) != i) return false;
  }
  return true;
}
static_assert(InOrder());

const TypeRow& RowOf(TypeId type) { return kTypes[static_cast<size_t>(type)]; }

// "timestamp(3) with time zone" → "timestamp with time zone"; names with anything but digits in them stay.
std::string WithoutModifier(std::string_view name) {
  const size_t open = name.find('(');
  const size_t close = name.find(')');
  std::string plain(name);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return plain;
  if (name.substr(open + 1, close - open - 1).find_first_not_of("0123456789") != std::string_view::npos) return plain;
  plain.erase(open, close - open + 1);
  return plain;
}

}  // namespace

std::optional<TypeId> NativeType(std::string_view pg_type) {
  const std::string name = WithoutModifier(pg_type);
  if (name == "character varying") return TypeId::kUtf8;
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

std::string_view CarrierType(TypeId type) { return RowOf(type).carrier; }

uint32_t ElementOid(TypeId type) { return RowOf(type).oid; }

uint32_t ArrayOid(TypeId type) { return RowOf(type).array_oid; }

}  // namespace rapidbyte::pgwire
