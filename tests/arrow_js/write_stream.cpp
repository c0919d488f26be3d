// Writes an Arrow IPC stream with a column of every type to standard output; read_stream.mjs knows what is in it.
//
// Three batches: five rows (minima, maxima, nulls, ordinary values, oddities), one row without nulls, no row.
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "arrow/ipc_writer.h"

namespace rapidbyte::arrow {
namespace {

struct Row {
  bool boolean;
  int16_t int16;
  int32_t int32;
  int64_t int64;
  float float32;
  double float64;
  std::string utf8;
  std::string binary;
  int32_t date;
  int64_t timestamp;
  int64_t timestamptz;
  uint8_t uuid_seed;  // byte i of the uuid is seed + i
};

template <typename T>
constexpr T kMin = std::numeric_limits<T>::min();
template <typename T>
constexpr T kMax = std::numeric_limits<T>::max();

Schema EveryType() {
  return {{
      {"boolean", TypeId::kBool, true, {}},
      {"int16", TypeId::kInt16, true, {}},
      {"int32", TypeId::kInt32, true, {}},
      {"int64", TypeId::kInt64, true, {}},
      {"float32", TypeId::kFloat32, true, {}},
      {"float64", TypeId::kFloat64, true, {}},
      {"größe \"utf8\" 🐘",
       TypeId::kUtf8,
       true,
       {{"rapidbyte.pg_type", "character varying(10)"}, {"rapidbyte.encoding", "native"}, {"ключ", "значение"}}},
      {"binary", TypeId::kBinary, true, {}},
      {"date", TypeId::kDate32, true, {}},
      {"timestamp", TypeId::kTimestamp, true, {}},
      {"timestamptz", TypeId::kTimestampTz, true, {}},
      {"uuid", TypeId::kUuid, true, {{"rapidbyte.pg_type", "uuid"}}},
      {"not null", TypeId::kInt32, false, {}},
  }};
}

std::vector<std::optional<Row>> FirstBatch() {
  return {
      Row{false, kMin<int16_t>, kMin<int32_t>, kMin<int64_t>, -INFINITY, -kMax<double>, "", "", kMin<int32_t>,
          kMin<int64_t>, kMin<int64_t>, 0},
      Row{true, kMax<int16_t>, kMax<int32_t>, kMax<int64_t>, INFINITY, kMax<double>, "größer 🐘 als ein\nZeichen",
          std::string("\x00\xff\x80\x7f", 4), kMax<int32_t>, kMax<int64_t>, kMax<int64_t>, 240},
      std::nullopt,
      Row{true, -7, 123456, 1234567890123456789, 1.5f, 0.1, "日本語", "bytes", 19723, 1704067200123456, -1, 16},
      Row{false, 0, 0, 0, NAN, -0.0, std::string("nul\0inside", 10), std::string(1000, 'b'), 0, 0, 0, 7},
  };
}

std::vector<std::optional<Row>> SecondBatch() { return {Row{true, 1, 2, 3, 4, 5, "six", "seven", 8, 9, 10, 11}}; }

const uint8_t* Data(const std::string& text) { return reinterpret_cast<const uint8_t*>(text.data()); }

void Append(const Row& row, std::vector<ColumnBuilder>& columns) {
  columns[0].AppendBool(row.boolean);
  columns[1].AppendFixed(row.int16);
  columns[2].AppendFixed(row.int32);
  columns[3].AppendFixed(row.int64);
  columns[4].AppendFixed(row.float32);
  columns[5].AppendFixed(row.float64);
  columns[6].AppendBytes(Data(row.utf8), row.utf8.size());
  columns[7].AppendBytes(Data(row.binary), row.binary.size());
  columns[8].AppendFixed(row.date);
  columns[9].AppendFixed(row.timestamp);
  columns[10].AppendFixed(row.timestamptz);
  uint8_t uuid[16];
  for (uint32_t i = 0; i < 16; ++i) uuid[i] = static_cast<uint8_t>(row.uuid_seed + i);
  columns[11].AppendUuid(uuid);
}

bool Write(std::span<const uint8_t> bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
}

bool WriteStream() {
  const Schema schema = EveryType();
  std::vector<ColumnBuilder> columns;
  for (const Field& field : schema.fields) columns.emplace_back(field.type);
  if (!Write(WriteSchemaMessage(schema))) return false;
  BatchWriter writer(schema);
  int32_t row_number = 0;
  for (const auto& rows : {FirstBatch(), SecondBatch(), {}}) {
    for (ColumnBuilder& column : columns) column.Reset();
    for (const std::optional<Row>& row : rows) {
      if (row) {
        Append(*row, columns);
      } else {
        for (size_t i = 0; i + 1 < columns.size(); ++i) columns[i].AppendNull();
      }
      columns.back().AppendFixed(row_number++);
    }
    const auto message = writer.Write(columns);
    if (!message || !Write(*message)) return false;
  }
  return Write(EndOfStream()) && std::fflush(stdout) == 0;
}

}  // namespace
}  // namespace rapidbyte::arrow

int main() { return rapidbyte::arrow::WriteStream() ? 0 : 1; }
