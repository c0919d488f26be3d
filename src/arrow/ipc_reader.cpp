#include "arrow/ipc_reader.h"

#include <algorithm>
#include <bit>
#include <string>

#include "arrow/arrow_format.h"

namespace rapidbyte::arrow {
namespace {

// FlatBuffers may name one table many times over, so that a small message stands for a large one. A legitimate schema
// has about five tables for each of at most a few thousand columns, and no string twice.
constexpr uint32_t kMaxTables = 100'000;
constexpr uint32_t kMaxDepth = 16;

constexpr int32_t kZeroOffset = 0;

tl::unexpected<Error> Malformed(std::string what) {
  return Fail(ErrorCode::kData, "malformed Arrow message: " + std::move(what));
}

tl::unexpected<Error> Unsupported(std::string what) {
  return Fail(ErrorCode::kData, "unsupported Arrow message: " + std::move(what));
}

// An encapsulated message taken apart: its verified metadata and its body.
class Envelope {
 public:
  Status Open(std::span<const uint8_t> message);

  const format::Message& metadata() const { return *format::GetMessage(metadata_); }
  std::span<const uint8_t> body() const { return body_; }

 private:
  const uint8_t* metadata_ = nullptr;
  std::span<const uint8_t> body_;
  std::vector<uint64_t> aligned_;  // a copy of the metadata where the message's own lies askew
};

Status Envelope::Open(std::span<const uint8_t> message) {
  if (message.size() < kEnvelopeBytes) return Malformed("it ends within its first 8 bytes");
  if (message.size() > kMaxMessageBytes) return Unsupported("it exceeds 2 GiB");
  if (LoadLittleEndian<uint32_t>(message.data()) != kContinuation) return Malformed("no continuation marker");
  const size_t size = LoadLittleEndian<uint32_t>(message.data() + 4);
  if (size == 0 || size % kAlignment != 0) return Malformed("metadata of " + std::to_string(size) + " bytes");
  if (size > message.size() - kEnvelopeBytes) return Malformed("it ends within its metadata");
  metadata_ = message.data() + kEnvelopeBytes;
  body_ = message.subspan(kEnvelopeBytes + size);
  if (reinterpret_cast<uintptr_t>(metadata_) % alignof(uint64_t) != 0) {
    aligned_.resize(size / sizeof(uint64_t));
    std::memcpy(aligned_.data(), metadata_, size);
    metadata_ = reinterpret_cast<const uint8_t*>(aligned_.data());
  }
  flatbuffers::Verifier verifier(metadata_, size, kMaxDepth, kMaxTables);
  if (!format::VerifyMessageBuffer(verifier)) return Malformed("its metadata is not a valid FlatBuffer");
  if (metadata().version() != format::MetadataVersion::V5) return Unsupported("its metadata version is not V5");
  if (metadata().body_length() != static_cast<int64_t>(body_.size())) {
    return Malformed("a body of " + std::to_string(body_.size()) + " bytes where its metadata says " +
                     std::to_string(metadata().body_length()));
  }
  return {};
}

// ---- Schema ----

class SchemaReader {
 public:
  explicit SchemaReader(size_t message_bytes) : string_budget_(message_bytes) {}

  Result<Schema> Read(const format::Schema& from) {
    if (from.endianness() != format::Endianness::Little) return Unsupported("its endianness is not little");
    Schema schema;
    if (from.fields() == nullptr) return schema;
    for (const format::Field* field : *from.fields()) {
      RB_ASSIGN(Field read, ReadField(*field));
      schema.fields.push_back(std::move(read));
    }
    return schema;
  }

 private:
  Result<Field> ReadField(const format::Field& from);
  Result<std::string> ReadString(const flatbuffers::String* from);

  size_t string_budget_;  // all strings together can be no longer than the message, unless it shares them
};

Result<std::string> SchemaReader::ReadString(const flatbuffers::String* from) {
  if (from == nullptr) return Malformed("a missing string");
  if (from->size() > string_budget_) return Malformed("its strings overlap");
  string_budget_ -= from->size();
  return from->str();
}

Result<TypeId> IntType(const format::Int& type) {
  if (type.is_signed() && type.bit_width() == 16) return TypeId::kInt16;
  if (type.is_signed() && type.bit_width() == 32) return TypeId::kInt32;
  if (type.is_signed() && type.bit_width() == 64) return TypeId::kInt64;
  return Unsupported((type.is_signed() ? "int" : "uint") + std::to_string(type.bit_width()));
}

Result<TypeId> FloatType(const format::FloatingPoint& type) {
  if (type.precision() == format::Precision::Single) return TypeId::kFloat32;
  if (type.precision() == format::Precision::Double) return TypeId::kFloat64;
  return Unsupported("a float of neither 32 nor 64 bits");
}

Result<TypeId> TimestampType(const format::Timestamp& type) {
  if (type.unit() != format::TimeUnit::Microsecond) return Unsupported("a timestamp not in microseconds");
  if (type.timezone() == nullptr || type.timezone()->size() == 0) return TypeId::kTimestamp;
  if (type.timezone()->string_view() == "UTC") return TypeId::kTimestampTz;
  return Unsupported("a timestamp whose time zone is not UTC");
}

Result<TypeId> ReadType(const format::Field& from) {
  // The verifier lets a union without its table pass.
  if (from.type() == nullptr) return Malformed("no type");
  switch (from.type_type()) {
    case format::Type::Bool:
      return TypeId::kBool;
    case format::Type::Int:
      return IntType(*from.type_as_Int());
    case format::Type::FloatingPoint:
      return FloatType(*from.type_as_FloatingPoint());
    case format::Type::Utf8:
      return TypeId::kUtf8;
    case format::Type::Binary:
      return TypeId::kBinary;
    case format::Type::Date:
      if (from.type_as_Date()->unit() == format::DateUnit::Day) return TypeId::kDate32;
      return Unsupported("a date not in days");
    case format::Type::Timestamp:
      return TimestampType(*from.type_as_Timestamp());
    case format::Type::FixedSizeBinary:
      if (from.type_as_FixedSizeBinary()->byte_width() == 16) return TypeId::kUuid;
      return Unsupported("fixed-size binary not of 16 bytes");
    case format::Type::NONE:
      break;
  }
  return Unsupported("type number " + std::to_string(static_cast<int>(from.type_type())));
}

// The extension's two keys belong to the type kUuid, and so leave the metadata; without the name it is no uuid.
Status TakeUuidExtension(Field& field) {
  if (field.Metadata(kExtensionNameKey) != kUuidExtension) {
    return Unsupported("fixed-size binary that is not " + std::string(kUuidExtension));
  }
  std::erase_if(field.metadata, [](const auto& entry) {
    return entry.first == kExtensionNameKey || entry.first == kExtensionMetadataKey;
  });
  return {};
}

Result<Field> SchemaReader::ReadField(const format::Field& from) {
  Field field;
  RB_ASSIGN(field.name, ReadString(from.name()));
  const std::string where = "field \"" + field.name + "\"";
  field.nullable = from.nullable();
  if (from.dictionary() != nullptr) return Context(where, Unsupported("dictionary encoding").value());
  if (from.children() != nullptr && from.children()->size() != 0) {
    return Context(where, Unsupported("nested fields").value());
  }
  auto type = ReadType(from);
  if (!type) return Context(where, std::move(type.error()));
  field.type = *type;
  if (from.custom_metadata() != nullptr) {
    for (const format::KeyValue* entry : *from.custom_metadata()) {
      RB_ASSIGN(std::string key, ReadString(entry->key()));
      RB_ASSIGN(std::string value, ReadString(entry->value()));
      field.metadata.emplace_back(std::move(key), std::move(value));
    }
  }
  if (field.type == TypeId::kUuid) {
    if (auto taken = TakeUuidExtension(field); !taken) return Context(where, std::move(taken.error()));
  }
  return field;
}

// ---- Record batches ----

// Whether the int32 offsets of `rows` values begin with 0, never descend and end within `values_bytes`.
bool OffsetsAreValid(const uint8_t* offsets, uint32_t rows, size_t values_bytes) {
  if (LoadLittleEndian<int32_t>(offsets) != 0) return false;
  bool descends = false;
  for (size_t i = 0; i < rows; ++i) {
    descends |= LoadLittleEndian<int32_t>(offsets + 4 * i + 4) < LoadLittleEndian<int32_t>(offsets + 4 * i);
  }
  const auto end = LoadLittleEndian<int32_t>(offsets + 4 * size_t{rows});
  return !descends && static_cast<size_t>(end) <= values_bytes;
}

uint32_t CountSetBits(const uint8_t* bits, uint32_t count) {
  uint32_t set = 0;
  uint32_t i = 0;
  for (; i + 64 <= count; i += 64)
    set += static_cast<uint32_t>(std::popcount(LoadLittleEndian<uint64_t>(bits + i / 8)));
  for (; i < count; ++i) set += (bits[i / 8] >> (i % 8)) & 1u;
  return set;
}

class BatchReader {
 public:
  BatchReader(const format::RecordBatch& from, std::span<const uint8_t> body) : from_(from), body_(body) {}

  Status Read(const Schema& schema, BatchView& batch);

 private:
  Status ReadColumn(const format::FieldNode& node, ColumnView& column);
  Status ReadValidity(const format::FieldNode& node, ColumnView& column);
  Status ReadOffsetsAndValues(ColumnView& column);
  // The next buffer of the body, at least `min_bytes` long.
  Result<std::span<const uint8_t>> NextBuffer(uint64_t min_bytes);

  const format::RecordBatch& from_;
  std::span<const uint8_t> body_;
  uint32_t rows_ = 0;
  uint32_t next_buffer_ = 0;
};

size_t BufferCount(const Schema& schema) {
  size_t count = 0;
  for (const Field& field : schema.fields) count += IsVariableWidth(field.type) ? 3 : 2;
  return count;
}

Status BatchReader::Read(const Schema& schema, BatchView& batch) {
  if (from_.compression() != nullptr) return Unsupported("compressed buffers");
  if (from_.length() < 0 || from_.length() >= INT32_MAX) {
    return Malformed("a batch of " + std::to_string(from_.length()) + " rows");
  }
  const size_t nodes = from_.nodes() == nullptr ? 0 : from_.nodes()->size();
  const size_t buffers = from_.buffers() == nullptr ? 0 : from_.buffers()->size();
  if (nodes != schema.fields.size() || buffers != BufferCount(schema)) {
    return Malformed(std::to_string(nodes) + " columns of " + std::to_string(buffers) +
                     " buffers where the schema has " + std::to_string(schema.fields.size()) + " of " +
                     std::to_string(BufferCount(schema)));
  }
  rows_ = static_cast<uint32_t>(from_.length());
  batch.rows = rows_;
  batch.columns.resize(nodes);
  for (size_t i = 0; i < nodes; ++i) {
    batch.columns[i].type = schema.fields[i].type;
    auto read = ReadColumn(*from_.nodes()->Get(static_cast<uint32_t>(i)), batch.columns[i]);
    if (!read) return Context("column \"" + schema.fields[i].name + "\"", std::move(read.error()));
  }
  return {};
}

Status BatchReader::ReadColumn(const format::FieldNode& node, ColumnView& column) {
  if (node.length() != rows_) return Malformed("its length is not the batch's");
  column.length = rows_;
  RB_TRY(ReadValidity(node, column));
  if (IsVariableWidth(column.type)) return ReadOffsetsAndValues(column);
  const uint64_t bytes =
      column.type == TypeId::kBool ? (uint64_t{rows_} + 7) / 8 : uint64_t{rows_} * FixedWidth(column.type);
  RB_ASSIGN(const auto values, NextBuffer(bytes));
  column.offsets = nullptr;
  column.values = values.data();
  return {};
}

Status BatchReader::ReadValidity(const format::FieldNode& node, ColumnView& column) {
  if (node.null_count() < 0 || node.null_count() > rows_) return Malformed("its count of nulls is impossible");
  column.null_count = static_cast<uint32_t>(node.null_count());
  column.validity = nullptr;
  RB_ASSIGN(const auto bits, NextBuffer(column.null_count == 0 ? 0 : (uint64_t{rows_} + 7) / 8));
  if (column.null_count == 0) return {};
  if (rows_ - CountSetBits(bits.data(), rows_) != column.null_count) return Malformed("its nulls are miscounted");
  column.validity = bits.data();
  return {};
}

Status BatchReader::ReadOffsetsAndValues(ColumnView& column) {
  // A column without rows may leave out even the one offset it ought to have.
  RB_ASSIGN(auto offsets, NextBuffer(rows_ == 0 ? 0 : (uint64_t{rows_} + 1) * sizeof(int32_t)));
  RB_ASSIGN(const auto values, NextBuffer(0));
  if (offsets.size() < sizeof(int32_t)) offsets = {reinterpret_cast<const uint8_t*>(&kZeroOffset), sizeof kZeroOffset};
  if (!OffsetsAreValid(offsets.data(), rows_, values.size())) return Malformed("its offsets are out of order");
  column.offsets = offsets.data();
  column.values = values.data();
  return {};
}

Result<std::span<const uint8_t>> BatchReader::NextBuffer(uint64_t min_bytes) {
  const format::Buffer& buffer = *from_.buffers()->Get(next_buffer_++);
  const auto body_bytes = static_cast<int64_t>(body_.size());
  if (buffer.offset() < 0 || buffer.length() < 0 || buffer.offset() > body_bytes ||
      buffer.length() > body_bytes - buffer.offset()) {
    return Malformed("a buffer lies outside of the body");
  }
  if (static_cast<uint64_t>(buffer.length()) < min_bytes) return Malformed("a buffer is too short");
  return body_.subspan(static_cast<size_t>(buffer.offset()), static_cast<size_t>(buffer.length()));
}

}  // namespace

Result<Schema> ReadSchemaMessage(std::span<const uint8_t> message) {
  Envelope envelope;
  RB_TRY(envelope.Open(message));
  const format::Schema* schema = envelope.metadata().header_as_Schema();
  if (schema == nullptr) return Unsupported("it is not a schema");
  return SchemaReader(message.size()).Read(*schema);
}

Status ReadBatchMessage(std::span<const uint8_t> message, const Schema& schema, BatchView& batch) {
  Envelope envelope;
  RB_TRY(envelope.Open(message));
  const format::RecordBatch* header = envelope.metadata().header_as_RecordBatch();
  if (header == nullptr) return Unsupported("it is not a record batch");
  return BatchReader(*header, envelope.body()).Read(schema, batch);
}

}  // namespace rapidbyte::arrow
