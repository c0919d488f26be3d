#include "arrow/ipc_writer.h"

#include <string>

#include "arrow/arrow_format.h"
#include "base/bytes.h"

namespace rapidbyte::arrow {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr uint8_t kEndOfStream[kEnvelopeBytes] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};

struct FormatType {
  format::Type id;
  Offset<void> table;
};

FormatType CreateInt(FlatBufferBuilder& builder, int32_t bits) {
  return {format::Type::Int, format::CreateInt(builder, bits, true).Union()};
}

FormatType CreateFloat(FlatBufferBuilder& builder, format::Precision precision) {
  return {format::Type::FloatingPoint, format::CreateFloatingPoint(builder, precision).Union()};
}

FormatType CreateTimestamp(FlatBufferBuilder& builder, const char* timezone) {
  const Offset<flatbuffers::String> zone = timezone == nullptr ? 0 : builder.CreateString(timezone);
  return {format::Type::Timestamp, format::CreateTimestamp(builder, format::TimeUnit::Microsecond, zone).Union()};
}

FormatType CreateType(FlatBufferBuilder& builder, TypeId type) {
  switch (type) {
    case TypeId::kBool:
      return {format::Type::Bool, format::CreateBool(builder).Union()};
    case TypeId::kInt16:
      return CreateInt(builder, 16);
    case TypeId::kInt32:
      return CreateInt(builder, 32);
    case TypeId::kInt64:
      return CreateInt(builder, 64);
    case TypeId::kFloat32:
      return CreateFloat(builder, format::Precision::Single);
    case TypeId::kFloat64:
      return CreateFloat(builder, format::Precision::Double);
    case TypeId::kUtf8:
      return {format::Type::Utf8, format::CreateUtf8(builder).Union()};
    case TypeId::kBinary:
      return {format::Type::Binary, format::CreateBinary(builder).Union()};
    case TypeId::kDate32:
      return {format::Type::Date, format::CreateDate(builder, format::DateUnit::Day).Union()};
    case TypeId::kTimestamp:
      return CreateTimestamp(builder, nullptr);
    case TypeId::kTimestampTz:
      return CreateTimestamp(builder, "UTC");
    case TypeId::kUuid:
      return {format::Type::FixedSizeBinary, format::CreateFixedSizeBinary(builder, 16).Union()};
  }
  CheckFailed(__FILE__, __LINE__, "a type of Arrow's");
}

Offset<format::KeyValue> CreateKeyValue(FlatBufferBuilder& builder, std::string_view key, std::string_view value) {
  const auto key_offset = builder.CreateString(key.data(), key.size());
  const auto value_offset = builder.CreateString(value.data(), value.size());
  return format::CreateKeyValue(builder, key_offset, value_offset);
}

Offset<format::Field> CreateField(FlatBufferBuilder& builder, const Field& field) {
  std::vector<Offset<format::KeyValue>> metadata;
  for (const auto& [key, value] : field.metadata) metadata.push_back(CreateKeyValue(builder, key, value));
  if (field.type == TypeId::kUuid) {
    metadata.push_back(CreateKeyValue(builder, kExtensionNameKey, kUuidExtension));
    metadata.push_back(CreateKeyValue(builder, kExtensionMetadataKey, ""));
  }
  const auto metadata_offset = metadata.empty() ? 0 : builder.CreateVector(metadata);
  const FormatType type = CreateType(builder, field.type);
  const auto name = builder.CreateString(field.name);
  // Some readers take a field without a list of children for malformed, so an empty one is written.
  const auto children = builder.CreateVector(std::vector<Offset<format::Field>>());
  return format::CreateField(builder, name, field.nullable, type.id, type.table, 0, children, metadata_offset);
}

void FinishMessage(FlatBufferBuilder& builder, format::MessageHeader kind, Offset<void> header, uint64_t body_bytes) {
  builder.Finish(
      format::CreateMessage(builder, format::MetadataVersion::V5, kind, header, static_cast<int64_t>(body_bytes)));
}

size_t EncapsulatedBytes(const FlatBufferBuilder& builder) { return kEnvelopeBytes + Align(size_t{builder.GetSize()}); }

// Writes the envelope and the padded metadata to `to`; returns where the body begins.
uint8_t* WriteEnvelope(const FlatBufferBuilder& builder, uint8_t* to) {
  const size_t padded = Align(size_t{builder.GetSize()});
  StoreLittleEndian(to, kContinuation);
  StoreLittleEndian(to + 4, static_cast<uint32_t>(padded));
  std::memcpy(to + kEnvelopeBytes, builder.GetBufferPointer(), builder.GetSize());
  std::memset(to + kEnvelopeBytes + builder.GetSize(), 0, padded - builder.GetSize());
  return to + kEnvelopeBytes + padded;
}

}  // namespace

std::vector<uint8_t> WriteSchemaMessage(const Schema& schema) {
  FlatBufferBuilder builder;
  std::vector<Offset<format::Field>> fields;
  for (const Field& field : schema.fields) fields.push_back(CreateField(builder, field));
  const auto header = format::CreateSchema(builder, format::Endianness::Little, builder.CreateVector(fields));
  FinishMessage(builder, format::MessageHeader::Schema, header.Union(), 0);
  std::vector<uint8_t> message(EncapsulatedBytes(builder));
  WriteEnvelope(builder, message.data());
  return message;
}

// Everything whose memory is kept from one batch to the next.
struct BatchWriter::State {
  Schema schema;
  FlatBufferBuilder builder;
  std::vector<format::FieldNode> nodes;
  std::vector<format::Buffer> buffers;            // where each buffer lies in the body
  std::vector<std::span<const uint8_t>> content;  // of the same buffers
  uint64_t body_bytes = 0;
  GrowingBuffer message;

  void AddBuffer(const GrowingBuffer& buffer) { AddBuffer(std::span(buffer.data(), buffer.size())); }
  void AddBuffer(std::span<const uint8_t> bytes) {
    buffers.emplace_back(static_cast<int64_t>(body_bytes), static_cast<int64_t>(bytes.size()));
    content.push_back(bytes);
    body_bytes += Align(uint64_t{bytes.size()});
  }
  void LayOut(std::span<const ColumnBuilder> columns, uint32_t rows);
  void WriteMetadata(uint32_t rows);
  void CopyBody(uint8_t* body) const;
};

void BatchWriter::State::LayOut(std::span<const ColumnBuilder> columns, uint32_t rows) {
  nodes.clear();
  buffers.clear();
  content.clear();
  body_bytes = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    const ColumnBuilder& column = columns[i];
    RB_CHECK(column.type() == schema.fields[i].type && column.length() == rows);
    nodes.emplace_back(rows, column.null_count());
    if (column.null_count() > 0) {
      AddBuffer(column.validity());
    } else {
      AddBuffer(std::span<const uint8_t>());
    }
    if (IsVariableWidth(column.type())) AddBuffer(column.offsets());
    AddBuffer(column.values());
  }
}

void BatchWriter::State::WriteMetadata(uint32_t rows) {
  builder.Clear();
  const auto node_vector = builder.CreateVectorOfStructs(nodes);
  const auto buffer_vector = builder.CreateVectorOfStructs(buffers);
  const auto header = format::CreateRecordBatch(builder, rows, node_vector, buffer_vector);
  FinishMessage(builder, format::MessageHeader::RecordBatch, header.Union(), body_bytes);
}

void BatchWriter::State::CopyBody(uint8_t* body) const {
  for (const std::span<const uint8_t> bytes : content) {
    if (bytes.empty()) continue;
    std::memcpy(body, bytes.data(), bytes.size());
    std::memset(body + bytes.size(), 0, Align(bytes.size()) - bytes.size());
    body += Align(bytes.size());
  }
}

BatchWriter::BatchWriter(const Schema& schema) : state_(std::make_unique<State>()) { state_->schema = schema; }
BatchWriter::~BatchWriter() = default;
BatchWriter::BatchWriter(BatchWriter&&) noexcept = default;
BatchWriter& BatchWriter::operator=(BatchWriter&&) noexcept = default;

Result<std::span<const uint8_t>> BatchWriter::Write(std::span<const ColumnBuilder> columns) {
  State& state = *state_;
  RB_CHECK(columns.size() == state.schema.fields.size());
  const uint32_t rows = columns.empty() ? 0 : columns.front().length();
  state.LayOut(columns, rows);
  state.WriteMetadata(rows);
  const uint64_t bytes = EncapsulatedBytes(state.builder) + state.body_bytes;
  if (bytes > kMaxMessageBytes) {
    return Fail(ErrorCode::kData, "a batch of " + std::to_string(bytes) + " bytes exceeds the limit of 2 GiB",
                "lower max_batch_bytes, or max_batch_rows");
  }
  state.message.Clear();
  uint8_t* message = state.message.Extend(static_cast<size_t>(bytes));
  state.CopyBody(WriteEnvelope(state.builder, message));
  return std::span<const uint8_t>(message, static_cast<size_t>(bytes));
}

void BatchWriter::GiveBack() { state_->message.GiveBack(); }

std::span<const uint8_t> EndOfStream() { return kEndOfStream; }

}  // namespace rapidbyte::arrow
