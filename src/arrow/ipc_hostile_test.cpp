// The reader against messages that lie. Every message is copied into memory of exactly its size, so that under
// AddressSanitizer a read past its end fails the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>

#include "arrow/arrow_format.h"
#include "arrow/ipc_reader.h"
#include "arrow/ipc_writer.h"
#include "arrow/test_columns.h"
#include "base/bytes.h"

namespace rapidbyte::arrow {
namespace {

using Bytes = std::vector<uint8_t>;
using flatbuffers::FlatBufferBuilder;
using testing::HasSubstr;

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();

// Touches everything a view promises, so that a promise that does not hold shows.
uint64_t Walk(const BatchView& batch) {
  uint64_t sum = 0;
  for (const ColumnView& column : batch.columns) {
    for (uint32_t row = 0; row < batch.rows; ++row) {
      sum += column.IsNull(row) ? 1 : 0;
      if (IsVariableWidth(column.type)) {
        for (const char c : column.Bytes(row)) sum += static_cast<uint8_t>(c);
      } else if (column.type == TypeId::kBool) {
        sum += column.Bool(row) ? 1 : 0;
      } else {
        const uint32_t width = FixedWidth(column.type);
        for (uint32_t i = 0; i < width; ++i) sum += column.values[size_t{row} * width + i];
      }
    }
  }
  return sum;
}

// Reads a copy of exactly the message's size as a batch. An accepted one is walked.
Status ReadExactly(const Bytes& message, const Schema& schema) {
  auto copy = std::make_unique<uint8_t[]>(message.size());
  std::copy(message.begin(), message.end(), copy.get());
  BatchView batch;
  RB_TRY(ReadBatchMessage({copy.get(), message.size()}, schema, batch));
  volatile uint64_t sum = Walk(batch);
  (void)sum;
  return {};
}

Result<Schema> ReadSchemaExactly(const Bytes& message) {
  auto copy = std::make_unique<uint8_t[]>(message.size());
  std::copy(message.begin(), message.end(), copy.get());
  return ReadSchemaMessage({copy.get(), message.size()});
}

Bytes SmallBatch(const Schema& schema) {
  BatchWriter writer(schema);
  const auto message = writer.Write(test::ColumnsOfAllTypes(5, [](uint32_t row) { return row == 2; })).value();
  return Bytes(message.begin(), message.end());
}

void ForEachMutation(const Bytes& message, const std::function<void(const Bytes&)>& visit) {
  for (size_t at = 0; at < message.size(); ++at) {
    for (const int mask : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      Bytes mutated = message;
      mutated[at] = static_cast<uint8_t>(mutated[at] ^ mask);
      visit(mutated);
    }
  }
}

TEST(IpcHostile, NoFlippedByteOfABatchIsBelievedWrongly) {
  const Schema schema = test::SchemaOfAllTypes();
  size_t refused = 0;
  ForEachMutation(SmallBatch(schema), [&](const Bytes& mutated) {
    const Status read = ReadExactly(mutated, schema);
    if (read) return;
    ++refused;
    EXPECT_EQ(read.error().code, ErrorCode::kData);
  });
  EXPECT_GT(refused, 1000u);
}

TEST(IpcHostile, NoFlippedByteOfASchemaIsBelievedWrongly) {
  size_t refused = 0;
  ForEachMutation(WriteSchemaMessage(test::SchemaOfAllTypes()), [&](const Bytes& mutated) {
    const Result<Schema> read = ReadSchemaExactly(mutated);
    if (read) return;
    ++refused;
    EXPECT_EQ(read.error().code, ErrorCode::kData);
  });
  EXPECT_GT(refused, 1000u);
}

TEST(IpcHostile, EveryTruncationIsRefused) {
  const Schema schema = test::SchemaOfAllTypes();
  const Bytes batch = SmallBatch(schema);
  for (size_t size = 0; size < batch.size(); ++size) {
    EXPECT_FALSE(ReadExactly(Bytes(batch.begin(), batch.begin() + size), schema)) << size;
  }
  const Bytes message = WriteSchemaMessage(schema);
  for (size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(ReadSchemaExactly(Bytes(message.begin(), message.begin() + size))) << size;
  }
}

TEST(IpcHostile, TrailingBytesAreRefused) {
  const Schema schema = test::SchemaOfAllTypes();
  Bytes batch = SmallBatch(schema);
  batch.resize(batch.size() + 8);
  EXPECT_FALSE(ReadExactly(batch, schema));
}

TEST(IpcHostile, TheWrongKindOfMessageIsRefused) {
  const Schema schema = test::SchemaOfAllTypes();
  EXPECT_THAT(ReadSchemaExactly(SmallBatch(schema)).error().message, HasSubstr("not a schema"));
  EXPECT_THAT(ReadExactly(WriteSchemaMessage(schema), schema).error().message, HasSubstr("not a record batch"));
  const auto end = EndOfStream();
  EXPECT_FALSE(ReadExactly(Bytes(end.begin(), end.end()), schema));
}

TEST(IpcHostile, ABatchOfAnotherSchemaIsRefused) {
  Schema fewer = test::SchemaOfAllTypes();
  const Bytes batch = SmallBatch(fewer);
  fewer.fields.pop_back();
  EXPECT_THAT(ReadExactly(batch, fewer).error().message, HasSubstr("where the schema has"));
}

// ---- Messages forged with the format's own builder ----

Bytes Encapsulate(FlatBufferBuilder& builder, const Bytes& body) {
  Bytes message(kEnvelopeBytes + Align(size_t{builder.GetSize()}));
  StoreLittleEndian(message.data(), kContinuation);
  StoreLittleEndian(message.data() + 4, static_cast<uint32_t>(message.size() - kEnvelopeBytes));
  std::copy_n(builder.GetBufferPointer(), builder.GetSize(), message.begin() + kEnvelopeBytes);
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

// One utf8 column of two rows, "ab" and "c"; each part can be made to lie.
struct ForgedBatch {
  int64_t rows = 2;
  int64_t node_rows = 2;
  int64_t nulls = 0;
  format::Buffer validity{0, 0};
  format::Buffer offsets{0, 12};
  format::Buffer values{16, 3};
  int32_t offset_values[3] = {0, 2, 3};
  format::MetadataVersion version = format::MetadataVersion::V5;
  bool compressed = false;
  int64_t body_bytes = 24;

  Bytes Message() const {
    FlatBufferBuilder builder;
    const auto nodes = builder.CreateVectorOfStructs(std::vector{format::FieldNode(node_rows, nulls)});
    const auto buffers = builder.CreateVectorOfStructs(std::vector{validity, offsets, values});
    const auto compression = compressed ? format::CreateBodyCompression(builder) : 0;
    const auto header = format::CreateRecordBatch(builder, rows, nodes, buffers, compression);
    builder.Finish(
        format::CreateMessage(builder, version, format::MessageHeader::RecordBatch, header.Union(), body_bytes));
    Bytes body(24);
    std::memcpy(body.data(), offset_values, sizeof offset_values);
    body[16] = 'a';
    return Encapsulate(builder, body);
  }
};

const Schema kOneText = {{{"text", TypeId::kUtf8, true, {}}}};

TEST(IpcHostile, TheForgeryIsValidBeforeItLies) {
  const Status read = ReadExactly(ForgedBatch().Message(), kOneText);
  EXPECT_TRUE(read) << read.error().message;
}

TEST(IpcHostile, ForgedBatchesAreRefused) {
  const std::pair<const char*, std::function<void(ForgedBatch&)>> lies[] = {
      {"rows", [](ForgedBatch& b) { b.rows = -1; }},
      {"rows", [](ForgedBatch& b) { b.rows = kHuge; }},
      {"length is not the batch's", [](ForgedBatch& b) { b.rows = 3; }},
      {"length is not the batch's", [](ForgedBatch& b) { b.node_rows = -2; }},
      {"too short", [](ForgedBatch& b) { b.rows = b.node_rows = 3; }},
      {"too short", [](ForgedBatch& b) { b.rows = b.node_rows = 0x7ffffffe; }},
      {"count of nulls", [](ForgedBatch& b) { b.nulls = -1; }},
      {"count of nulls", [](ForgedBatch& b) { b.nulls = 3; }},
      {"too short", [](ForgedBatch& b) { b.nulls = 1; }},
      {"miscounted",
       [](ForgedBatch& b) {
         b.nulls = 1, b.validity = {0, 1};
       }},
      {"outside",
       [](ForgedBatch& b) {
         b.validity = {25, 0};
       }},
      {"outside",
       [](ForgedBatch& b) {
         b.offsets = {-8, 12};
       }},
      {"outside",
       [](ForgedBatch& b) {
         b.offsets = {0, -12};
       }},
      {"outside",
       [](ForgedBatch& b) {
         b.offsets = {16, 12};
       }},
      {"outside",
       [](ForgedBatch& b) {
         b.offsets = {kHuge, kHuge};
       }},
      {"outside",
       [](ForgedBatch& b) {
         b.values = {16, kHuge - 8};
       }},
      {"out of order",
       [](ForgedBatch& b) {
         b.values = {16, 2};
       }},
      {"out of order", [](ForgedBatch& b) { b.offset_values[0] = 1; }},
      {"out of order", [](ForgedBatch& b) { b.offset_values[1] = 4; }},
      {"out of order", [](ForgedBatch& b) { b.offset_values[1] = -1; }},
      {"out of order", [](ForgedBatch& b) { b.offset_values[2] = -1; }},
      {"out of order", [](ForgedBatch& b) { b.offset_values[2] = INT32_MAX; }},
      {"not V5", [](ForgedBatch& b) { b.version = format::MetadataVersion::V4; }},
      {"compressed", [](ForgedBatch& b) { b.compressed = true; }},
      {"body", [](ForgedBatch& b) { b.body_bytes = 16; }},
      {"body", [](ForgedBatch& b) { b.body_bytes = -24; }},
      {"body", [](ForgedBatch& b) { b.body_bytes = kHuge; }},
  };
  for (const auto& [what, lie] : lies) {
    ForgedBatch batch;
    lie(batch);
    const Status read = ReadExactly(batch.Message(), kOneText);
    ASSERT_FALSE(read) << what;
    EXPECT_EQ(read.error().code, ErrorCode::kData);
    EXPECT_THAT(read.error().message, HasSubstr(what));
  }
}

TEST(IpcHostile, AColumnWithoutRowsMayLeaveOutItsOffsets) {
  ForgedBatch batch;
  batch.rows = batch.node_rows = 0;
  batch.offsets = batch.values = {0, 0};
  EXPECT_TRUE(ReadExactly(batch.Message(), kOneText));
}

using CreateFields = std::function<std::vector<flatbuffers::Offset<format::Field>>(FlatBufferBuilder&)>;

Bytes ForgeSchema(const CreateFields& create_fields, format::Endianness endianness = format::Endianness::Little) {
  FlatBufferBuilder builder;
  const auto fields = builder.CreateVector(create_fields(builder));
  const auto header = format::CreateSchema(builder, endianness, fields);
  builder.Finish(
      format::CreateMessage(builder, format::MetadataVersion::V5, format::MessageHeader::Schema, header.Union()));
  return Encapsulate(builder, {});
}

flatbuffers::Offset<format::Field> ForgeField(FlatBufferBuilder& builder, format::Type type,
                                              flatbuffers::Offset<void> table) {
  return format::CreateField(builder, builder.CreateString("f"), true, type, table);
}

TEST(IpcHostile, SchemasThatWeDoNotCarryAreRefused) {
  const std::pair<const char*, CreateFields> schemas[] = {
      {"uint32",
       [](auto& b) { return std::vector{ForgeField(b, format::Type::Int, format::CreateInt(b, 32, false).Union())}; }},
      {"int8",
       [](auto& b) { return std::vector{ForgeField(b, format::Type::Int, format::CreateInt(b, 8, true).Union())}; }},
      {"neither 32 nor 64",
       [](auto& b) {
         return std::vector{ForgeField(b, format::Type::FloatingPoint, format::CreateFloatingPoint(b).Union())};
       }},
      {"not in days",
       [](auto& b) { return std::vector{ForgeField(b, format::Type::Date, format::CreateDate(b).Union())}; }},
      {"not in microseconds",
       [](auto& b) { return std::vector{ForgeField(b, format::Type::Timestamp, format::CreateTimestamp(b).Union())}; }},
      {"not UTC",
       [](auto& b) {
         const auto zone = b.CreateString("Europe/Zurich");
         const auto type = format::CreateTimestamp(b, format::TimeUnit::Microsecond, zone);
         return std::vector{ForgeField(b, format::Type::Timestamp, type.Union())};
       }},
      {"not arrow.uuid",
       [](auto& b) {
         const auto type = format::CreateFixedSizeBinary(b, 16);
         return std::vector{ForgeField(b, format::Type::FixedSizeBinary, type.Union())};
       }},
      {"not of 16 bytes",
       [](auto& b) {
         const auto type = format::CreateFixedSizeBinary(b, 8);
         return std::vector{ForgeField(b, format::Type::FixedSizeBinary, type.Union())};
       }},
      {"type number 12",
       [](auto& b) {
         return std::vector{ForgeField(b, static_cast<format::Type>(12), format::CreateBool(b).Union())};
       }},
      {"no type", [](auto& b) { return std::vector{format::CreateField(b, b.CreateString("f"))}; }},
      {"missing string",
       [](auto& b) {
         return std::vector{format::CreateField(b, 0, true, format::Type::Bool, format::CreateBool(b).Union())};
       }},
      {"dictionary",
       [](auto& b) {
         return std::vector{format::CreateField(b, b.CreateString("f"), true, format::Type::Utf8,
                                                format::CreateUtf8(b).Union(), format::CreateDictionaryEncoding(b))};
       }},
      {"nested",
       [](auto& b) {
         const auto child = ForgeField(b, format::Type::Utf8, format::CreateUtf8(b).Union());
         const auto children = b.CreateVector(std::vector{child});
         return std::vector{format::CreateField(b, b.CreateString("f"), true, format::Type::Utf8,
                                                format::CreateUtf8(b).Union(), 0, children)};
       }},
  };
  for (const auto& [what, create] : schemas) {
    const Result<Schema> read = ReadSchemaExactly(ForgeSchema(create));
    ASSERT_FALSE(read) << what;
    EXPECT_EQ(read.error().code, ErrorCode::kData);
    EXPECT_THAT(read.error().message, HasSubstr(what));
  }
}

TEST(IpcHostile, BigEndianIsRefused) {
  const Bytes message =
      ForgeSchema([](auto&) { return std::vector<flatbuffers::Offset<format::Field>>(); }, format::Endianness::Big);
  EXPECT_THAT(ReadSchemaExactly(message).error().message, HasSubstr("endianness"));
}

// 40,000 fields that share one string of a megabyte would be 40 GB of names.
TEST(IpcHostile, AStringSharedManyTimesIsRefused) {
  const Bytes message = ForgeSchema([](FlatBufferBuilder& b) {
    const auto name = b.CreateString(std::string(1'000'000, 'n'));
    const auto type = format::CreateBool(b).Union();
    const auto field = format::CreateField(b, name, true, format::Type::Bool, type);
    return std::vector(40'000, field);
  });
  EXPECT_THAT(ReadSchemaExactly(message).error().message, HasSubstr("overlap"));
}

TEST(IpcHostile, MoreTablesThanAnyoneNeedsAreRefused) {
  const Bytes message = ForgeSchema([](FlatBufferBuilder& b) {
    const auto name = b.CreateString("n");
    const auto type = format::CreateBool(b).Union();
    const auto field = format::CreateField(b, name, true, format::Type::Bool, type);
    return std::vector(200'000, field);
  });
  EXPECT_FALSE(ReadSchemaExactly(message));
}

}  // namespace
}  // namespace rapidbyte::arrow
