// What a PostgreSQL 15 server really sent and made of the same values: recorded bytes, decoded and encoded again.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/ipc_reader.h"
#include "arrow/ipc_writer.h"
#include "base/bytes.h"
#include "pgwire/array_encoder.h"
#include "pgwire/copy_decoder.h"
#include "pgwire/copy_encoder.h"

namespace rapidbyte::pgwire {
namespace {

using arrow::TypeId;
using Bytes = std::vector<uint8_t>;

// COPY (SELECT * FROM t) TO STDOUT (FORMAT BINARY), from the first CopyData up to CopyDone. The rows of t:
//   true, the smallest integers, 'NaN', '-infinity', 'größer 🐘', 'vc', '\x00ff', '2000-01-02',
//     '1999-12-31 23:59:59.999999', '2000-01-01 00:00:01+00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
//   false, the greatest integers, '-0', 'infinity', '', '', '', 'infinity', '-infinity', 'infinity', uuid of zeros
//   NULL in all columns
//   true, zeros, 3.4028235e38, 5e-324, 'x', 'y', '\x01', '5874897-12-31', '4713-01-01 00:00:00 BC',
//     '294246-12-31 00:00:00+00', uuid of ones
constexpr std::string_view kRecordedCopy =
    "640000009d5047434f50590aff0d0a000000000000000000000d00000001010000000280000000000480000000000000088000000000"
    "000000000000047fc0000000000008fff00000000000000000000d6772c3b6c39f657220f09f90980000000276630000000200ff0000"
    "00040000000100000008ffffffffffffffff0000000800000000000f424000000010a0eebc999c0b4ef8bb6d6bb9bd380a11"
    "6400000079000d0000000100000000027fff000000047fffffff000000087fffffffffffffff0000000480000000000000087ff00000"
    "00000000000000000000000000000000000000047fffffff000000088000000000000000000000087fffffffffffffff000000100000"
    "0000000000000000000000000000"
    "640000003a000dffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffff"
    "640000007c000d00000001010000000200000000000400000000000000080000000000000000000000047f7fffff0000000800000000"
    "00000001000000017800000001790000000101000000047fda970c00000008fd0f7fbdaf17e000000000087ffca2323ccc0000000000"
    "10ffffffffffffffffffffffffffffffff"
    "6400000006ffff"
    "6300000004";

Bytes FromHex(std::string_view hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

arrow::Schema RecordedSchema() {
  arrow::Schema schema;
  for (const TypeId type : {TypeId::kBool, TypeId::kInt16, TypeId::kInt32, TypeId::kInt64, TypeId::kFloat32,
                            TypeId::kFloat64, TypeId::kUtf8, TypeId::kUtf8, TypeId::kBinary, TypeId::kDate32,
                            TypeId::kTimestamp, TypeId::kTimestampTz, TypeId::kUuid}) {
    schema.fields.push_back({"c", type, true, {}});
  }
  return schema;
}

// The recording decoded; views point into the fixture.
class Recording : public testing::Test {
 protected:
  void SetUp() override {
    const auto progress = decoder_.Consume(stream_);
    ASSERT_TRUE(progress) << progress.error().message;
    EXPECT_EQ(progress->stop, DecodeStop::kOtherMessage);
    EXPECT_EQ(progress->consumed, stream_.size() - 5);
    EXPECT_TRUE(decoder_.finished());
    arrow::BatchWriter writer(schema_);
    const auto message = writer.Write(decoder_.columns()).value();
    message_.assign(message.begin(), message.end());
    ASSERT_TRUE(arrow::ReadBatchMessage(message_, schema_, batch_));
    ASSERT_EQ(batch_.rows, 4u);
  }

  const arrow::ColumnView& column(size_t i) const { return batch_.columns[i]; }
  std::string Array(size_t i, uint32_t rows) const {
    arrow::ColumnView first = column(i);
    first.length = rows;
    if (rows < 3) first.null_count = 0;
    Bytes array;
    EncodeArray(first, 0, first.length, array);
    return {array.begin(), array.end()};
  }

  const Bytes stream_ = FromHex(kRecordedCopy);
  const arrow::Schema schema_ = RecordedSchema();
  CopyDecoder decoder_{schema_, {}};
  Bytes message_;
  arrow::BatchView batch_;
};

TEST_F(Recording, DecodesNumbersAndTexts) {
  EXPECT_TRUE(column(0).Bool(0));
  EXPECT_FALSE(column(0).Bool(1));
  EXPECT_EQ(column(1).Fixed<int16_t>(0), INT16_MIN);
  EXPECT_EQ(column(2).Fixed<int32_t>(1), INT32_MAX);
  EXPECT_EQ(column(3).Fixed<int64_t>(0), INT64_MIN);
  EXPECT_TRUE(std::isnan(column(4).Fixed<float>(0)));
  EXPECT_EQ(column(4).Fixed<uint32_t>(1), 0x80000000u);  // minus zero
  EXPECT_EQ(column(4).Fixed<float>(3), 3.4028235e38f);
  EXPECT_EQ(column(5).Fixed<double>(0), -INFINITY);
  EXPECT_EQ(column(5).Fixed<double>(3), 5e-324);
  EXPECT_EQ(column(6).Bytes(0), "größer 🐘");
  EXPECT_EQ(column(7).Bytes(1), "");
  EXPECT_EQ(column(8).Bytes(0), std::string_view("\0\xff", 2));
}

TEST_F(Recording, DecodesMomentsAndUuids) {
  EXPECT_EQ(column(9).Fixed<int32_t>(0), 10958);
  EXPECT_EQ(column(9).Fixed<int32_t>(1), INT32_MAX);
  EXPECT_EQ(column(9).Fixed<int32_t>(3), 2145042905);
  EXPECT_EQ(column(10).Fixed<int64_t>(0), 946684799999999);
  EXPECT_EQ(column(10).Fixed<int64_t>(1), INT64_MIN);
  EXPECT_EQ(column(10).Fixed<int64_t>(3), -210863520000000000);
  EXPECT_EQ(column(11).Fixed<int64_t>(0), 946684801000000);
  EXPECT_EQ(column(11).Fixed<int64_t>(1), INT64_MAX);
  EXPECT_EQ(column(11).Fixed<int64_t>(3), 9223371158400000000);
  EXPECT_EQ(column(12).Uuid(0)[0], 0xa0);
  EXPECT_EQ(column(12).Uuid(0)[15], 0x11);
}

TEST_F(Recording, DecodesNulls) {
  for (const arrow::ColumnView& view : batch_.columns) {
    for (uint32_t row = 0; row < 4; ++row) EXPECT_EQ(view.IsNull(row), row == 2);
  }
}

TEST_F(Recording, EncodesToTheSameBytes) {
  CopyEncoder encoder(schema_);
  encoder.Header();
  for (uint32_t row = 0; row < batch_.rows;) row = encoder.Encode(batch_, row, 1).value();
  encoder.Trailer();
  // The server sends the header and its first row in one message, we send a message of each.
  Bytes expected = stream_;
  const size_t header_end = 5 + 19;
  const auto first_row = LoadBigEndian<uint32_t>(expected.data() + 1) - 19;
  Bytes frame = {'d', 0, 0, 0, 0};
  StoreBigEndian(frame.data() + 1, first_row);
  StoreBigEndian(expected.data() + 1, uint32_t{4 + 19});
  expected.insert(expected.begin() + header_end, frame.begin(), frame.end());
  expected.erase(expected.end() - 5, expected.end());  // CopyDone
  EXPECT_EQ(Bytes(encoder.bytes().begin(), encoder.bytes().end()), expected);
}

// array_send() of the same server for the same values.
TEST_F(Recording, EncodesTheServersArrays) {
  const auto bytes = [](std::string_view hex) {
    const Bytes array = FromHex(hex);
    return std::string(array.begin(), array.end());
  };
  EXPECT_EQ(Array(0, 2), bytes("000000010000000000000010000000020000000100000001010000000100"));
  EXPECT_EQ(Array(2, 4),
            bytes("00000001000000010000001700000004000000010000000480000000000000047fffffffffffffff00000004"
                  "00000000"));
  EXPECT_EQ(Array(6, 4),
            bytes("00000001000000010000001900000004000000010000000d6772c3b6c39f657220f09f909800000000ffffff"
                  "ff0000000178"));
  EXPECT_EQ(Array(8, 0), bytes("000000000000000000000011"));
  EXPECT_EQ(Array(9, 2), bytes("00000001000000000000043a00000002000000010000000400000001000000047fffffff"));
  EXPECT_EQ(Array(10, 2), bytes("00000001000000000000045a000000020000000100000008ffffffffffffffff00000008800000000000"
                                "0000"));
  EXPECT_EQ(Array(12, 2),
            bytes("000000010000000000000b86000000020000000100000010a0eebc999c0b4ef8bb6d6bb9bd380a1100000010"
                  "00000000000000000000000000000000"));
}

}  // namespace
}  // namespace rapidbyte::pgwire
