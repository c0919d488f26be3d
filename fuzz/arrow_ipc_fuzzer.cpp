// Arrow messages: what is accepted can be read to its last byte.
//
// The input: a byte that says whether the rest is a schema or a batch of all types.
#include <span>

#include "arrow/ipc_reader.h"
#include "base/check.h"

namespace {

using namespace rapidbyte::arrow;

Schema AllTypes() {
  Schema schema;
  for (int type = 0; type <= static_cast<int>(TypeId::kUuid); ++type) {
    schema.fields.push_back({"c" + std::to_string(type), static_cast<TypeId>(type), true, {}});
  }
  return schema;
}

uint64_t SumOf(const ColumnView& column) {
  uint64_t sum = 0;
  for (uint32_t row = 0; row < column.length; ++row) {
    sum += column.IsNull(row);
    if (column.type == TypeId::kBool) {
      sum += column.Bool(row);
    } else if (IsVariableWidth(column.type)) {
      for (const char byte : column.Bytes(row)) sum += static_cast<unsigned char>(byte);
    } else {
      const size_t width = FixedWidth(column.type);
      for (size_t i = 0; i < width; ++i) sum += column.values[row * width + i];
    }
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const uint8_t> message(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto schema = ReadSchemaMessage(message);
    RB_CHECK(schema || !schema.error().message.empty());
    return 0;
  }
  static const Schema schema = AllTypes();
  BatchView batch;
  if (const auto read = ReadBatchMessage(message, schema, batch); !read) {
    RB_CHECK(!read.error().message.empty());
    return 0;
  }
  volatile uint64_t sum = 0;
  for (const ColumnView& column : batch.columns) sum = sum + SumOf(column);
  return 0;
}
