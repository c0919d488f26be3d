// COPY BINARY and arrays at their limits: the golden form of every type, the extremes that have a meaning of their own,
// rows above the server's limit, streams cut anywhere. Input lies in memory of exactly its size, so that under
// AddressSanitizer a read past its end fails the test.
#include <gtest/gtest.h>

#include <memory>

#include "arrow/ipc_reader.h"
#include "arrow/ipc_writer.h"
#include "base/bytes.h"
#include "pgwire/array_encoder.h"
#include "pgwire/copy_decoder.h"
#include "pgwire/copy_encoder.h"
#include "pgwire/types.h"

namespace rapidbyte::pgwire {
namespace {

using arrow::TypeId;
using Bytes = std::vector<uint8_t>;

const Bytes kHeader = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0};

Bytes Message(const Bytes& body) {
  Bytes message(5);
  message[0] = 'd';
  StoreBigEndian(message.data() + 1, static_cast<uint32_t>(body.size() + 4));
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

arrow::Schema OneColumn(TypeId type) { return {{{"c", type, true, {}}}}; }

// A row of one value.
Bytes Row(const Bytes& value) {
  Bytes row = {0, 1, 0, 0, 0, static_cast<uint8_t>(value.size())};
  return row + value;
}

Result<DecodeProgress> ConsumeExactly(CopyDecoder& decoder, const Bytes& stream, size_t size) {
  auto copy = std::make_unique<uint8_t[]>(size);
  std::copy_n(stream.begin(), size, copy.get());
  return decoder.Consume({copy.get(), size});
}

// The decoded column as a view; `keep` holds its bytes.
arrow::BatchView View(const arrow::Schema& schema, const CopyDecoder& decoder, Bytes& keep) {
  arrow::BatchWriter writer(schema);
  const auto message = writer.Write(decoder.columns()).value();
  keep.assign(message.begin(), message.end());
  arrow::BatchView batch;
  EXPECT_TRUE(arrow::ReadBatchMessage(keep, schema, batch));
  return batch;
}

struct GoldenValue {
  TypeId type;
  uint32_t oid;
  Bytes wire;   // PostgreSQL's send function
  Bytes arrow;  // little-endian
};

const GoldenValue kGoldenValues[] = {
    {TypeId::kBool, 16, {1}, {1}},
    {TypeId::kInt16, 21, {0x80, 1}, {1, 0x80}},
    {TypeId::kInt32, 23, {0x80, 0, 0, 1}, {1, 0, 0, 0x80}},
    {TypeId::kInt64, 20, {0x80, 0, 0, 0, 0, 0, 0, 1}, {1, 0, 0, 0, 0, 0, 0, 0x80}},
    {TypeId::kFloat32, 700, {0x7f, 0xc1, 2, 3}, {3, 2, 0xc1, 0x7f}},  // a NaN with a payload
    {TypeId::kFloat64, 701, {0xff, 0xf0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0xf0, 0xff}},
    {TypeId::kUtf8, 25, {0xc3, 0xa9, '\t'}, {0xc3, 0xa9, '\t'}},
    {TypeId::kBinary, 17, {0, 0xff}, {0, 0xff}},
    // 2000-01-02 is day 1 there and day 10958 here.
    {TypeId::kDate32, 1082, {0, 0, 0, 1}, {0xce, 0x2a, 0, 0}},
    {TypeId::kDate32, 1082, {0x7f, 0xff, 0xff, 0xff}, {0xff, 0xff, 0xff, 0x7f}},
    {TypeId::kDate32, 1082, {0x80, 0, 0, 0}, {0, 0, 0, 0x80}},
    // 2000-01-01 00:00 is 946684800 s after 1970.
    {TypeId::kTimestamp, 1114, {0, 0, 0, 0, 0, 0, 0, 0}, {0x00, 0xe0, 0x37, 0x3b, 0x01, 0x5d, 0x03, 0x00}},
    {TypeId::kTimestamp, 1114, {0x7f, 255, 255, 255, 255, 255, 255, 255}, {255, 255, 255, 255, 255, 255, 255, 0x7f}},
    {TypeId::kTimestampTz, 1184, {0x80, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0x80}},
    {TypeId::kUuid,
     2950,
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
};

TEST(Golden, EveryTypeDecodesAndEncodes) {
  for (const GoldenValue& golden : kGoldenValues) {
    SCOPED_TRACE(golden.oid);
    const arrow::Schema schema = OneColumn(golden.type);
    CopyDecoder decoder(schema, {});
    // The header and the first row may share a message.
    const Bytes stream = Message(kHeader + Row(golden.wire));
    ASSERT_TRUE(ConsumeExactly(decoder, stream, stream.size()));
    Bytes keep;
    const arrow::BatchView batch = View(schema, decoder, keep);
    ASSERT_EQ(batch.rows, 1u);
    const uint8_t* values = batch.columns[0].values;
    EXPECT_EQ(Bytes(values, values + golden.arrow.size()), golden.arrow);

    CopyEncoder encoder(schema);
    EXPECT_EQ(encoder.Encode(batch, 0, 1).value(), 1u);
    EXPECT_EQ(Bytes(encoder.bytes().begin(), encoder.bytes().end()), Message(Row(golden.wire)));

    Bytes array;
    EncodeArray(batch.columns[0], 0, batch.columns[0].length, array);
    const Bytes head = {
        0, 0, 0, 1, 0, 0, 0, 0, 0, 0, static_cast<uint8_t>(golden.oid >> 8),   static_cast<uint8_t>(golden.oid), 0,
        0, 0, 1, 0, 0, 0, 1, 0, 0, 0, static_cast<uint8_t>(golden.wire.size())};
    EXPECT_EQ(array, head + golden.wire);
  }
}

TEST(Golden, EveryOtherWidthIsRefused) {
  for (const GoldenValue& golden : kGoldenValues) {
    if (arrow::IsVariableWidth(golden.type)) continue;
    for (size_t width = 0; width < 20; ++width) {
      if (width == golden.wire.size()) continue;
      CopyDecoder decoder(OneColumn(golden.type), {});
      const Bytes stream = Message(kHeader) + Message(Row(Bytes(width)));
      const auto progress = ConsumeExactly(decoder, stream, stream.size());
      ASSERT_FALSE(progress) << golden.oid << ", width " << width;
      EXPECT_EQ(progress.error().code, ErrorCode::kData);
      EXPECT_NE(progress.error().message.find("row 1, column \"c\""), std::string::npos) << progress.error().message;
    }
  }
}

TEST(CopyDecoder, AsksForWhatIsMissingAtEveryCut) {
  const Bytes first = Message(kHeader) + Message(Row({7}));
  const Bytes stream = first + Message(Row({0})) + Message({0xff, 0xff});
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    CopyDecoder decoder(OneColumn(TypeId::kBool), {});
    const auto begin = ConsumeExactly(decoder, stream, cut);
    ASSERT_TRUE(begin);
    EXPECT_EQ(begin->stop, DecodeStop::kNeedMore);
    if (cut == first.size()) {
      EXPECT_EQ(begin->consumed, cut);
    }
    EXPECT_GE(begin->needed, 5u);
    EXPECT_GT(begin->consumed + begin->needed, cut);
    const Bytes rest(stream.begin() + static_cast<std::ptrdiff_t>(begin->consumed), stream.end());
    ASSERT_TRUE(ConsumeExactly(decoder, rest, rest.size()));
    EXPECT_EQ(decoder.rows(), 2u);
    EXPECT_TRUE(decoder.finished());
  }
}

TEST(CopyDecoder, LeavesOtherMessagesToTheSession) {
  for (const char type : {'c', 'C', 'E', 'N', 'S', 'Z'}) {
    CopyDecoder decoder(OneColumn(TypeId::kBool), {});
    const Bytes rows = Message(kHeader) + Message(Row({1}));
    const Bytes stream = rows + Bytes{static_cast<uint8_t>(type), 0, 0, 0, 4};
    const auto progress = ConsumeExactly(decoder, stream, stream.size()).value();
    EXPECT_EQ(progress.stop, DecodeStop::kOtherMessage);
    EXPECT_EQ(progress.consumed, rows.size());
  }
}

TEST(CopyDecoder, RefusesMessagesThatDoNotHoldWholeRows) {
  const Bytes row = {0, 1, 0, 0, 0, 3, 'a', 'b', 'c'};
  for (size_t size = 1; size < row.size(); ++size) {
    CopyDecoder decoder(OneColumn(TypeId::kUtf8), {});
    const Bytes stream =
        Message(kHeader) + Message(Bytes(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_FALSE(ConsumeExactly(decoder, stream, stream.size())) << size;
  }
  for (const Bytes& length : {Bytes{0x7f, 255, 255, 255}, Bytes{0x80, 0, 0, 0}, Bytes{255, 255, 255, 0xfe}}) {
    CopyDecoder decoder(OneColumn(TypeId::kUtf8), {});
    const Bytes stream = Message(kHeader) + Message(Bytes{0, 1} + length + Bytes{'a'});
    EXPECT_FALSE(ConsumeExactly(decoder, stream, stream.size()));
  }
}

// A batch that claims texts of `size` bytes and has none of them: whoever reads one fails.
struct ClaimedTexts {
  ClaimedTexts(uint32_t columns, int32_t size) : offsets(8) {
    StoreLittleEndian(offsets.data() + 4, size);
    batch.rows = 1;
    for (uint32_t i = 0; i < columns; ++i) {
      schema.fields.push_back({"c", TypeId::kUtf8, true, {}});
      batch.columns.push_back({TypeId::kUtf8, 1, 0, nullptr, offsets.data(), nullptr});
    }
  }
  Bytes offsets;
  arrow::Schema schema;
  arrow::BatchView batch;
};

TEST(CopyEncoder, RefusesARowAboveTheServersLimit) {
  for (const auto& [columns, size] : {std::pair{1u, 1 << 30}, {2u, 1 << 29}, {2u, INT32_MAX}, {1600u, INT32_MAX}}) {
    const ClaimedTexts claimed(columns, size);
    CopyEncoder encoder(claimed.schema);
    encoder.Header();
    const size_t before = encoder.bytes().size();
    const auto next = encoder.Encode(claimed.batch, 0, 1 << 20);
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, ErrorCode::kData);
    EXPECT_EQ(encoder.bytes().size(), before);
  }
}

TEST(CopyEncoder, EndsTheMessageBeforeARowThatWouldPassTheServersLimit) {
  // Row 0 is empty; row 1 claims so much that it only fits into a message of its own, and is not read here.
  ClaimedTexts claimed(1, 0);
  claimed.offsets.resize(12);
  StoreLittleEndian(claimed.offsets.data() + 8, int32_t{0x3ffffffe - 5 - 6});
  claimed.batch.rows = claimed.batch.columns[0].length = 2;
  claimed.batch.columns[0].offsets = claimed.offsets.data();
  CopyEncoder encoder(claimed.schema);
  EXPECT_EQ(encoder.Encode(claimed.batch, 0, SIZE_MAX).value(), 1u);
  EXPECT_EQ(Bytes(encoder.bytes().begin(), encoder.bytes().end()), Message(Row({})));
}

TEST(CopyEncoder, GrowsForARowLargerThanWhatIsFlushed) {
  const arrow::Schema schema = OneColumn(TypeId::kBinary);
  const Bytes large(1 << 20, 0x5a);
  CopyDecoder decoder(schema, {8192, 8 << 20, 4 << 20});
  Bytes large_row = {0, 1, 0, 0x10, 0, 0};
  const Bytes row_messages = Message(Row({1})) + Message(large_row + large) + Message(Row({2}));
  const Bytes stream = Message(kHeader) + row_messages;
  ASSERT_TRUE(ConsumeExactly(decoder, stream, stream.size()));
  Bytes keep;
  const arrow::BatchView batch = View(schema, decoder, keep);
  CopyEncoder encoder(schema);
  encoder.Header();
  // The header alone reaches the bytes to flush, so each call makes a message of one row.
  for (uint32_t row = 0; row < 3; ++row) EXPECT_EQ(encoder.Encode(batch, row, 10).value(), row + 1);
  EXPECT_TRUE(Bytes(encoder.bytes().begin(), encoder.bytes().end()) == stream);
}

TEST(CopyDecoder, NeverTakesARowAboveOneGibibyteWhateverItsLimit) {
  CopyDecoder decoder(OneColumn(TypeId::kBinary), {UINT32_MAX, UINT64_MAX, UINT32_MAX});
  const Bytes stream = Message(kHeader) + Bytes{'d', 0x40, 0, 0, 1};
  const auto progress = ConsumeExactly(decoder, stream, stream.size());
  ASSERT_FALSE(progress);
  EXPECT_NE(progress.error().message.find("row 1"), std::string::npos) << progress.error().message;
  CopyDecoder other(OneColumn(TypeId::kBinary), {UINT32_MAX, UINT64_MAX, UINT32_MAX});
  const Bytes at_the_limit = Message(kHeader) + Bytes{'d', 0x40, 0, 0, 0};
  EXPECT_EQ(ConsumeExactly(other, at_the_limit, at_the_limit.size())->needed, (size_t{1} << 30) + 1);
}

}  // namespace
}  // namespace rapidbyte::pgwire
