// Messages written and read back. That other libraries read them too is tested in tests/arrow_js.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "arrow/ipc_reader.h"
#include "arrow/ipc_writer.h"
#include "arrow/test_columns.h"

namespace rapidbyte::arrow {
namespace {

using test::ColumnsOfAllTypes;
using test::SchemaOfAllTypes;

struct Pattern {
  const char* name;
  bool (*is_null)(uint32_t row);
};

constexpr Pattern kPatterns[] = {
    {"no nulls", [](uint32_t) { return false; }},
    {"all null", [](uint32_t) { return true; }},
    {"null first", [](uint32_t row) { return row == 0; }},
    {"some null", [](uint32_t row) { return row % 5 == 3; }},
};

TEST(Ipc, BatchesOfEveryTypeRoundTrip) {
  const Schema schema = SchemaOfAllTypes();
  BatchWriter writer(schema);
  BatchView batch;
  for (const Pattern& pattern : kPatterns) {
    for (const uint32_t rows : {0u, 1u, 7u, 8u, 9u, 64u, 65u, 1000u, 2u}) {
      SCOPED_TRACE(testing::Message() << pattern.name << ", rows " << rows);
      const auto message = writer.Write(ColumnsOfAllTypes(rows, pattern.is_null));
      ASSERT_TRUE(message) << message.error().message;
      EXPECT_EQ(message->size() % 8, 0u);
      const Status read = ReadBatchMessage(*message, schema, batch);
      ASSERT_TRUE(read) << read.error().message;
      ASSERT_EQ(batch.rows, rows);
      ASSERT_EQ(batch.columns.size(), schema.fields.size());
      for (const ColumnView& column : batch.columns) {
        SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(column.type));
        uint32_t nulls = 0;
        for (uint32_t row = 0; row < rows; ++row) {
          ASSERT_EQ(column.IsNull(row), pattern.is_null(row)) << row;
          nulls += column.IsNull(row) ? 1 : 0;
          if (!column.IsNull(row)) test::ExpectRow(column, row);
        }
        EXPECT_EQ(column.null_count, nulls);
      }
    }
  }
}

TEST(Ipc, SchemasRoundTrip) {
  Schema schema = SchemaOfAllTypes();
  schema.fields[0].nullable = false;
  schema.fields[1].metadata.clear();
  schema.fields[2].name = "Größe \"in\" 🐘\n";
  schema.fields[3].name = "";
  schema.fields[4].metadata = {{"z", "1"}, {"a", "2"}, {"z", "again"}, {"", ""}, {"zero", std::string("\0x", 2)}};
  const auto read = ReadSchemaMessage(WriteSchemaMessage(schema));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, schema);
}

TEST(Ipc, AUuidIsWrittenAsAnExtensionButReadAsAType) {
  const Schema schema = {{{"id", TypeId::kUuid, false, {{"k", "v"}}}}};
  const std::vector<uint8_t> message = WriteSchemaMessage(schema);
  const std::string bytes(message.begin(), message.end());
  EXPECT_THAT(bytes, testing::HasSubstr("ARROW:extension:name"));
  EXPECT_THAT(bytes, testing::HasSubstr("ARROW:extension:metadata"));
  EXPECT_THAT(bytes, testing::HasSubstr("arrow.uuid"));
  EXPECT_EQ(ReadSchemaMessage(message).value(), schema);
}

TEST(Ipc, AnEmptySchemaHasEmptyBatches) {
  const Schema schema;
  EXPECT_EQ(ReadSchemaMessage(WriteSchemaMessage(schema)).value(), schema);
  BatchWriter writer(schema);
  BatchView batch;
  ASSERT_TRUE(ReadBatchMessage(writer.Write({}).value(), schema, batch));
  EXPECT_EQ(batch.rows, 0u);
  EXPECT_TRUE(batch.columns.empty());
}

TEST(Ipc, FloatsKeepEveryBit) {
  const Schema schema = {{{"f", TypeId::kFloat64, true, {}}}};
  const uint64_t bits[] = {0x8000000000000000, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000001, 1};
  std::vector<ColumnBuilder> columns;
  columns.emplace_back(TypeId::kFloat64);
  for (const uint64_t value : bits) columns[0].AppendFixed(value);
  BatchWriter writer(schema);
  BatchView batch;
  ASSERT_TRUE(ReadBatchMessage(writer.Write(columns).value(), schema, batch));
  for (uint32_t row = 0; row < std::size(bits); ++row) EXPECT_EQ(batch.columns[0].Fixed<uint64_t>(row), bits[row]);
}

TEST(Ipc, LargeStringsRoundTrip) {
  const Schema schema = {{{"s", TypeId::kUtf8, true, {}}}};
  std::vector<ColumnBuilder> columns;
  columns.emplace_back(TypeId::kUtf8);
  for (const size_t size : {size_t{5'000'000}, size_t{1}, size_t{3'000'001}}) {
    const std::string text(size, static_cast<char>('a' + size % 26));
    columns[0].AppendBytes(test::Data(text), size);
  }
  BatchWriter writer(schema);
  BatchView batch;
  ASSERT_TRUE(ReadBatchMessage(writer.Write(columns).value(), schema, batch));
  EXPECT_EQ(batch.columns[0].Bytes(0), std::string(5'000'000, static_cast<char>('a' + 5'000'000 % 26)));
  EXPECT_EQ(batch.columns[0].Bytes(1), "b");
  EXPECT_EQ(batch.columns[0].Bytes(2).size(), 3'000'001u);
}

TEST(Ipc, AMessageMayLieAtAnyAddress) {
  const Schema schema = SchemaOfAllTypes();
  BatchWriter writer(schema);
  const auto message = writer.Write(ColumnsOfAllTypes(20, kPatterns[3].is_null)).value();
  std::vector<uint8_t> memory(message.size() + 8);
  BatchView batch;
  for (size_t shift = 1; shift < 8; ++shift) {
    std::memcpy(memory.data() + shift, message.data(), message.size());
    const Status read = ReadBatchMessage(std::span(memory).subspan(shift, message.size()), schema, batch);
    ASSERT_TRUE(read) << read.error().message;
    for (const ColumnView& column : batch.columns) test::ExpectRow(column, 19);
  }
}

TEST(Ipc, TheEndOfAStreamIsAnEnvelopeWithoutMetadata) {
  EXPECT_THAT(EndOfStream(), testing::ElementsAre(255, 255, 255, 255, 0, 0, 0, 0));
}

}  // namespace
}  // namespace rapidbyte::arrow
