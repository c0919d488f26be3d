// COPY BINARY and arrays: golden bytes written by hand from the protocol's documentation, round trips through Arrow
// IPC, and hostile input.
#include <gtest/gtest.h>

#include <random>

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

constexpr TypeId kAllTypes[] = {TypeId::kBool,    TypeId::kInt16,     TypeId::kInt32,       TypeId::kInt64,
                                TypeId::kFloat32, TypeId::kFloat64,   TypeId::kUtf8,        TypeId::kBinary,
                                TypeId::kDate32,  TypeId::kTimestamp, TypeId::kTimestampTz, TypeId::kUuid};

arrow::Schema SchemaOf(std::initializer_list<TypeId> types) {
  arrow::Schema schema;
  for (const TypeId type : types) schema.fields.push_back({"c" + std::to_string(schema.fields.size()), type, true, {}});
  return schema;
}

template <typename T>
void Put(Bytes& to, T value) {
  to.resize(to.size() + sizeof value);
  StoreBigEndian(to.data() + to.size() - sizeof value, value);
}

Bytes Message(const Bytes& body) {
  Bytes message = {'d'};
  Put(message, static_cast<uint32_t>(body.size() + 4));
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

Bytes Header() { return {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0}; }

Bytes Join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// (42, 'hi', NULL): what `COPY (SELECT 42, 'hi', NULL::bool) TO STDOUT (FORMAT BINARY)` gives.
Bytes GoldenRow() { return {0, 3, 0, 0, 0, 4, 0, 0, 0, 42, 0, 0, 0, 2, 'h', 'i', 0xff, 0xff, 0xff, 0xff}; }
Bytes Trailer() { return {0xff, 0xff}; }

arrow::BatchView View(const arrow::Schema& schema, std::span<const arrow::ColumnBuilder> columns, Bytes& keep) {
  arrow::BatchWriter writer(schema);
  const auto message = writer.Write(columns).value();
  keep.assign(message.begin(), message.end());
  arrow::BatchView batch;
  EXPECT_TRUE(arrow::ReadBatchMessage(keep, schema, batch));
  return batch;
}

TEST(CopyDecoder, ReadsTheGoldenRow) {
  const arrow::Schema schema = SchemaOf({TypeId::kInt32, TypeId::kUtf8, TypeId::kBool});
  CopyDecoder decoder(schema, {});
  const Bytes stream = Join({Message(Header()), Message(GoldenRow()), Message(Trailer()), {'c', 0, 0, 0, 4}});
  const auto progress = decoder.Consume(stream).value();
  EXPECT_EQ(progress.stop, DecodeStop::kOtherMessage);
  EXPECT_EQ(progress.consumed, stream.size() - 5);
  EXPECT_TRUE(decoder.finished());
  ASSERT_EQ(decoder.rows(), 1u);
  Bytes keep;
  const auto batch = View(schema, decoder.columns(), keep);
  EXPECT_EQ(batch.columns[0].Fixed<int32_t>(0), 42);
  EXPECT_EQ(batch.columns[1].Bytes(0), "hi");
  EXPECT_TRUE(batch.columns[2].IsNull(0));
}

TEST(CopyEncoder, WritesTheGoldenRow) {
  const arrow::Schema schema = SchemaOf({TypeId::kInt32, TypeId::kUtf8, TypeId::kBool});
  std::vector<arrow::ColumnBuilder> columns;
  for (const auto& field : schema.fields) columns.emplace_back(field.type);
  columns[0].AppendFixed(int32_t{42});
  columns[1].AppendBytes(reinterpret_cast<const uint8_t*>("hi"), 2);
  columns[2].AppendNull();
  Bytes keep;
  const auto batch = View(schema, columns, keep);
  CopyEncoder encoder(schema);
  encoder.Header();
  EXPECT_EQ(encoder.Encode(batch, 0, 1 << 20).value(), 1u);
  encoder.Trailer();
  const Bytes expected = Join({Message(Header()), Message(GoldenRow()), Message(Trailer())});
  EXPECT_EQ(Bytes(encoder.bytes().begin(), encoder.bytes().end()), expected);
}

TEST(CopyDecoder, ALargeRowThatDoesNotFitBeginsTheNextBatch) {
  auto row = [](size_t bytes) {
    Bytes body = {0, 1};
    Put(body, static_cast<uint32_t>(bytes));
    body.resize(body.size() + bytes, 'x');
    return Message(body);
  };
  CopyDecoder decoder(SchemaOf({TypeId::kUtf8}), {.batch_bytes = 3 << 20});
  const Bytes data = Join({Message(Header()), row(10), row(2 << 20), row(2 << 20), row(10)});
  std::span<const uint8_t> received(data);
  std::vector<uint32_t> batches;
  for (;;) {
    const DecodeProgress progress = decoder.Consume(received).value();
    received = received.subspan(progress.consumed);
    if (progress.stop != DecodeStop::kBatchFull) break;
    batches.push_back(decoder.rows());
    decoder.Reset();
  }
  EXPECT_TRUE(received.empty());
  EXPECT_EQ(batches, (std::vector<uint32_t>{2}));
  EXPECT_EQ(decoder.rows(), 2u);
}

TEST(CopyEncoder, LargeRowsGoByPieces) {
  const arrow::Schema schema = SchemaOf({TypeId::kInt32, TypeId::kUtf8, TypeId::kUuid, TypeId::kBinary, TypeId::kUtf8});
  std::vector<arrow::ColumnBuilder> columns;
  for (const arrow::Field& field : schema.fields) columns.emplace_back(field.type);
  const Bytes large(2 << 20, 'x');
  const Bytes small(100 << 10, 'y');
  columns[0].AppendFixed(int32_t{7});
  columns[1].AppendBytes(large.data(), large.size());
  columns[2].AppendNull();
  columns[3].AppendBytes(small.data(), small.size());
  columns[4].AppendBytes(small.data(), 3);
  Bytes keep;
  const auto batch = View(schema, columns, keep);
  CopyEncoder whole(schema);
  ASSERT_EQ(whole.Encode(batch, 0, SIZE_MAX).value(), 1u);

  CopyEncoder encoder(schema);
  EXPECT_TRUE(encoder.IsLarge(batch, 0));
  Bytes pieces;
  std::vector<size_t> sizes;
  ASSERT_TRUE(encoder.EncodePieces(batch, 0, [&](std::span<const uint8_t> piece) -> Status {
    pieces.insert(pieces.end(), piece.begin(), piece.end());
    sizes.push_back(piece.size());
    return {};
  }));
  EXPECT_TRUE(encoder.bytes().empty());
  EXPECT_TRUE(pieces == Bytes(whole.bytes().begin(), whole.bytes().end()));
  EXPECT_EQ(sizes, (std::vector<size_t>{5 + 2 + 8 + 4, large.size(), 4 + 4, small.size(), 4 + 3}));
}

TEST(CopyEncoder, StopsBeforeALargeRow) {
  const arrow::Schema schema = SchemaOf({TypeId::kUtf8});
  std::vector<arrow::ColumnBuilder> columns;
  columns.emplace_back(TypeId::kUtf8);
  const Bytes large(2 << 20, 'x');
  columns[0].AppendBytes(large.data(), 1);
  columns[0].AppendBytes(large.data(), large.size());
  Bytes keep;
  const auto batch = View(schema, columns, keep);
  CopyEncoder encoder(schema);
  EXPECT_FALSE(encoder.IsLarge(batch, 0));
  EXPECT_EQ(encoder.Encode(batch, 0, SIZE_MAX).value(), 1u);
}

TEST(ArrayEncoder, SlicesAreWholeRowsWithinTheirBytes) {
  const arrow::Schema schema = SchemaOf({TypeId::kInt32, TypeId::kUtf8});
  std::vector<arrow::ColumnBuilder> columns;
  for (const arrow::Field& field : schema.fields) columns.emplace_back(field.type);
  const Bytes text(1000, 'x');
  for (int32_t row = 0; row < 100; ++row) {
    columns[0].AppendFixed(row);
    columns[1].AppendBytes(text.data(), row == 40 ? 1000 : 10);
  }
  Bytes keep;
  const auto batch = View(schema, columns, keep);
  EXPECT_EQ(RowsOfSlice(batch, 0, 1 << 20), 100u);
  EXPECT_EQ(RowsOfSlice(batch, 0, 1), 1u) << "one row at least";
  EXPECT_EQ(RowsOfSlice(batch, 99, 1), 1u);
  EXPECT_EQ(RowsOfSlice(batch, 40, 500), 1u);
  std::vector<int32_t> seen;
  for (uint32_t first = 0; first < batch.rows;) {
    const uint32_t rows = RowsOfSlice(batch, first, 500);
    EXPECT_TRUE(rows == 1 || ArrayBytes(batch, first, rows) <= 500) << first;
    if (first + rows < batch.rows) {
      EXPECT_GT(ArrayBytes(batch, first, rows + 1), 500u) << first;
    }
    Bytes out;
    EncodeArray(batch.columns[0], first, rows, out);
    ASSERT_EQ(out.size(), 20u + 8 * rows);
    for (uint32_t row = 0; row < rows; ++row) seen.push_back(LoadBigEndian<int32_t>(out.data() + 24 + 8 * row));
    first += rows;
  }
  ASSERT_EQ(seen.size(), 100u);
  for (int32_t row = 0; row < 100; ++row) EXPECT_EQ(seen[static_cast<size_t>(row)], row);
}

TEST(ArrayEncoder, WritesGoldenArrays) {
  const arrow::Schema schema = SchemaOf({TypeId::kInt32});
  std::vector<arrow::ColumnBuilder> columns;
  columns.emplace_back(TypeId::kInt32);
  columns[0].AppendFixed(int32_t{7});
  columns[0].AppendNull();
  Bytes keep;
  const auto batch = View(schema, columns, keep);
  Bytes out = {0xaa};
  EncodeArray(batch.columns[0], 0, batch.columns[0].length, out);
  EXPECT_EQ(out, (Bytes{0xaa, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23,   0,    0,    0,   2,
                        0,    0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff}));
  columns[0].Reset();
  const auto empty = View(schema, columns, keep);
  Bytes none;
  EncodeArray(empty.columns[0], 0, 0, none);
  EXPECT_EQ(none, (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23}));
}

// A random value of the type in PostgreSQL's binary form, extremes and NaN payloads among them.
Bytes RandomValue(TypeId type, std::mt19937_64& random) {
  Bytes value;
  const uint64_t bits = random() % 4 == 0 ? ~uint64_t{0} >> (random() % 2) : random();
  switch (type) {
    case TypeId::kBool:
      value.push_back(bits & 1);
      break;
    case TypeId::kInt16:
      Put(value, static_cast<uint16_t>(bits));
      break;
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz:
      Put(value, random() % 5 == 0 ? (bits & 1 ? INT64_MAX : INT64_MIN) : static_cast<int64_t>(bits >> 1) / 2);
      break;
    case TypeId::kUtf8:
    case TypeId::kBinary:
      for (uint64_t i = random() % 40; i > 0; --i) value.push_back(static_cast<uint8_t>(random()));
      break;
    case TypeId::kUuid:
      for (int i = 0; i < 16; ++i) value.push_back(static_cast<uint8_t>(random()));
      break;
    default:
      if (arrow::FixedWidth(type) == 4) {
        // A finite date keeps clear of the end of its range, as PostgreSQL's do.
        Put(value, type == TypeId::kDate32 ? static_cast<uint32_t>(bits % 2145031949) : static_cast<uint32_t>(bits));
      } else {
        Put(value, bits);
      }
  }
  return value;
}

struct RandomStream {
  arrow::Schema schema;
  Bytes header_and_rows;
  Bytes trailer;
  uint32_t rows = 200;
};

RandomStream MakeStream(uint64_t seed) {
  std::mt19937_64 random(seed);
  RandomStream stream;
  for (const TypeId type : kAllTypes) stream.schema.fields.push_back({"c", type, true, {}});
  stream.header_and_rows = Message(Header());
  for (uint32_t row = 0; row < stream.rows; ++row) {
    Bytes body;
    Put(body, static_cast<uint16_t>(stream.schema.fields.size()));
    for (const auto& field : stream.schema.fields) {
      if (random() % 5 == 0) {
        Put(body, int32_t{-1});
        continue;
      }
      const Bytes value = RandomValue(field.type, random);
      Put(body, static_cast<uint32_t>(value.size()));
      body.insert(body.end(), value.begin(), value.end());
    }
    stream.header_and_rows = Join({stream.header_and_rows, Message(body)});
  }
  stream.trailer = Message(Trailer());
  return stream;
}

// Everything the stream's rows hold, in the form of one CopyData message per row.
Bytes Reencode(const arrow::Schema& schema, const CopyDecoder& decoder) {
  Bytes keep;
  const auto batch = View(schema, decoder.columns(), keep);
  CopyEncoder encoder(schema);
  for (uint32_t row = 0; row < batch.rows;) row = encoder.Encode(batch, row, 1).value();
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

TEST(Codec, WhatIsDecodedEncodesToTheSameBytes) {
  const RandomStream stream = MakeStream(1);
  CopyDecoder decoder(stream.schema, {});
  ASSERT_TRUE(decoder.Consume(Join({stream.header_and_rows, stream.trailer})));
  ASSERT_EQ(decoder.rows(), stream.rows);
  Bytes expected = stream.header_and_rows;
  expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(Message(Header()).size()));
  // One flush a row when flush_bytes is 1: the buffer already holds more after the first, so each row is a message.
  EXPECT_EQ(Reencode(stream.schema, decoder), expected);
}

TEST(CopyDecoder, TakesTheStreamInPiecesOfAnySize) {
  const RandomStream stream = MakeStream(2);
  const Bytes all = Join({stream.header_and_rows, stream.trailer});
  for (size_t piece = 1; piece < 700; piece += piece < 40 ? 1 : 97) {
    CopyDecoder decoder(stream.schema, {});
    size_t begin = 0;
    for (size_t end = 0; begin < all.size();) {
      end = std::min(all.size(), end + piece);
      const auto progress = decoder.Consume(std::span(all).subspan(begin, end - begin)).value();
      EXPECT_GE(progress.needed, 5u);
      begin += progress.consumed;
    }
    EXPECT_TRUE(decoder.finished());
    EXPECT_EQ(decoder.total_rows(), stream.rows);
  }
}

TEST(CopyDecoder, EndsBatchesByRowsAndByBytes) {
  const RandomStream stream = MakeStream(3);
  const Bytes all = Join({stream.header_and_rows, stream.trailer});
  for (const DecoderLimits limits : {DecoderLimits{7, 1 << 20, 1 << 20}, DecoderLimits{8192, 1, 1 << 20}}) {
    CopyDecoder decoder(stream.schema, limits);
    size_t begin = 0;
    uint64_t rows = 0;
    while (!decoder.finished()) {
      const auto progress = decoder.Consume(std::span(all).subspan(begin)).value();
      begin += progress.consumed;
      EXPECT_LE(decoder.rows(), limits.batch_rows == 7 ? 7u : 1u);
      rows += decoder.rows();
      decoder.Reset();
    }
    EXPECT_EQ(rows, stream.rows);
  }
}

TEST(CopyDecoder, RefusesWhatIsMalformedAndNamesIt) {
  const arrow::Schema schema = SchemaOf({TypeId::kInt32, TypeId::kUtf8, TypeId::kBool});
  const auto error_of = [&schema](const Bytes& stream) {
    CopyDecoder decoder(schema, {8192, 1 << 20, 1000});
    const auto progress = decoder.Consume(stream);
    return progress ? std::string() : progress.error().message;
  };
  Bytes wrong_count = GoldenRow();
  wrong_count[1] = 2;
  Bytes wrong_width = GoldenRow();
  wrong_width[5] = 3;
  Bytes trailing = GoldenRow();
  trailing.push_back(0);
  Bytes bad_signature = Header();
  bad_signature[0] = 'X';
  Bytes oids = Header();
  oids[12] = 1;
  EXPECT_NE(error_of(Join({Message(Header()), Message(wrong_count)})).find("row 1"), std::string::npos);
  EXPECT_NE(error_of(Join({Message(Header()), Message(wrong_width)})).find("\"c0\""), std::string::npos);
  EXPECT_NE(error_of(Join({Message(Header()), Message(trailing)})), "");
  EXPECT_NE(error_of(Message(bad_signature)), "");
  EXPECT_NE(error_of(Message(oids)), "");
  EXPECT_NE(error_of(Join({Message(Header()), Message(Trailer()), Message(GoldenRow())})), "");
  EXPECT_NE(error_of(Join({Message(Header()), {'d', 0, 0, 0, 3}})), "");
  EXPECT_NE(error_of(Join({Message(Header()), {'d', 0x7f, 0, 0, 0}})).find("the limit is 1000"), std::string::npos);
}

TEST(CopyDecoder, RefusesATimestampBeyondArrow) {
  const arrow::Schema schema = SchemaOf({TypeId::kTimestamp});
  Bytes body = {0, 1, 0, 0, 0, 8};
  Put(body, int64_t{INT64_MAX - 1});
  CopyDecoder decoder(schema, {});
  const auto progress = decoder.Consume(Join({Message(Header()), Message(body)}));
  ASSERT_FALSE(progress);
  EXPECT_NE(progress.error().message.find("294246"), std::string::npos);
}

TEST(CopyDecoder, NoMutationOfAStreamDoesHarm) {
  const RandomStream stream = MakeStream(4);
  const Bytes all = Join({stream.header_and_rows, stream.trailer});
  std::mt19937_64 random(5);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    Bytes mutated = all;
    mutated.resize(random() % all.size() + 1);
    mutated[random() % mutated.size()] ^= static_cast<uint8_t>(1 + random() % 255);
    CopyDecoder decoder(stream.schema, {8192, 1 << 20, 1 << 20});
    refused += decoder.Consume(mutated) ? 0 : 1;
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace rapidbyte::pgwire
