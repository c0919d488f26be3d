// Columns of every type for the tests of this folder: a value is a function of its row, so that whoever reads a batch
// knows what must be there. Extreme values come first, then others.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "arrow/column_builder.h"
#include "arrow/ipc_reader.h"

namespace rapidbyte::arrow::test {

inline constexpr TypeId kAllTypes[] = {
    TypeId::kBool, TypeId::kInt16,  TypeId::kInt32,  TypeId::kInt64,     TypeId::kFloat32,     TypeId::kFloat64,
    TypeId::kUtf8, TypeId::kBinary, TypeId::kDate32, TypeId::kTimestamp, TypeId::kTimestampTz, TypeId::kUuid,
};

template <typename T>
T ValueOf(uint32_t row) {
  if (row == 0) return std::numeric_limits<T>::lowest();
  if (row == 1) return std::numeric_limits<T>::max();
  return static_cast<T>(static_cast<int32_t>(row) * (row % 2 == 0 ? 31 : -31));
}

inline bool BoolOf(uint32_t row) { return row % 3 == 0; }

inline std::string BytesOf(uint32_t row) {
  const char* texts[] = {"", "a", "größer 🐘 than", "tab\tand\nline"};
  return texts[row % 4] + std::string(row % 7, 'x');
}

inline std::string UuidOf(uint32_t row) {
  std::string uuid(16, '\0');
  for (size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<char>(row * 16 + i);
  return uuid;
}

inline const uint8_t* Data(const std::string& text) { return reinterpret_cast<const uint8_t*>(text.data()); }

inline void AppendRow(ColumnBuilder& column, uint32_t row) {
  switch (column.type()) {
    case TypeId::kBool:
      return column.AppendBool(BoolOf(row));
    case TypeId::kInt16:
      return column.AppendFixed(ValueOf<int16_t>(row));
    case TypeId::kInt32:
    case TypeId::kDate32:
      return column.AppendFixed(ValueOf<int32_t>(row));
    case TypeId::kInt64:
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz:
      return column.AppendFixed(ValueOf<int64_t>(row));
    case TypeId::kFloat32:
      return column.AppendFixed(ValueOf<float>(row));
    case TypeId::kFloat64:
      return column.AppendFixed(ValueOf<double>(row));
    case TypeId::kUtf8:
    case TypeId::kBinary:
      return column.AppendBytes(Data(BytesOf(row)), BytesOf(row).size());
    case TypeId::kUuid:
      return column.AppendUuid(Data(UuidOf(row)));
  }
}

inline void ExpectRow(const ColumnView& column, uint32_t row) {
  switch (column.type) {
    case TypeId::kBool:
      EXPECT_EQ(column.Bool(row), BoolOf(row));
      return;
    case TypeId::kInt16:
      EXPECT_EQ(column.Fixed<int16_t>(row), ValueOf<int16_t>(row));
      return;
    case TypeId::kInt32:
    case TypeId::kDate32:
      EXPECT_EQ(column.Fixed<int32_t>(row), ValueOf<int32_t>(row));
      return;
    case TypeId::kInt64:
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz:
      EXPECT_EQ(column.Fixed<int64_t>(row), ValueOf<int64_t>(row));
      return;
    case TypeId::kFloat32:
      EXPECT_EQ(column.Fixed<float>(row), ValueOf<float>(row));
      return;
    case TypeId::kFloat64:
      EXPECT_EQ(column.Fixed<double>(row), ValueOf<double>(row));
      return;
    case TypeId::kUtf8:
    case TypeId::kBinary:
      EXPECT_EQ(column.Bytes(row), BytesOf(row));
      return;
    case TypeId::kUuid:
      EXPECT_EQ(std::string(reinterpret_cast<const char*>(column.Uuid(row)), 16), UuidOf(row));
      return;
  }
}

// A field of each type, with metadata, and a column of each.
inline Schema SchemaOfAllTypes() {
  Schema schema;
  for (const TypeId type : kAllTypes) {
    schema.fields.push_back({"column " + std::to_string(static_cast<int>(type)), type, true, {{"key", "value"}}});
  }
  return schema;
}

// `is_null(row)` says which rows are null.
template <typename IsNull>
std::vector<ColumnBuilder> ColumnsOfAllTypes(uint32_t rows, IsNull is_null) {
  std::vector<ColumnBuilder> columns;
  for (const TypeId type : kAllTypes) {
    ColumnBuilder& column = columns.emplace_back(type);
    for (uint32_t row = 0; row < rows; ++row) {
      if (is_null(row)) {
        column.AppendNull();
      } else {
        AppendRow(column, row);
      }
    }
  }
  return columns;
}

}  // namespace rapidbyte::arrow::test
