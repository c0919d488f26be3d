#include "pgwire/copy_encoder.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "base/slow_on_purpose.h"
#include "pgwire/types.h"
#include "pgwire/value_encoder.h"

namespace rapidbyte::pgwire {
namespace {

constexpr uint8_t kHeader[] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0};
// The server refuses a longer message, and with it the connection (PQ_LARGE_MESSAGE_LIMIT).
constexpr uint64_t kMaxMessageBytes = 0x3ffffffe;

tl::unexpected<Error> TooLarge(uint64_t bytes) {
  return Fail(ErrorCode::kData,
              "a row of " + std::to_string(bytes) + " bytes is above PostgreSQL's limit of 1 GiB for a message",
              "leave the column that holds the large value out, or shorten it");
}

}  // namespace

CopyEncoder::CopyEncoder(const arrow::Schema& schema) : columns_(schema.fields.size()) {
  fixed_bytes_ = 2;
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    const arrow::TypeId type = schema.fields[i].type;
    fixed_bytes_ += 4 + ValueWidth(type);
    if (arrow::IsVariableWidth(type)) variable_.push_back(i);
  }
}

void CopyEncoder::Reserve(size_t more) {
  if (more <= capacity_ - size_) return;
  const size_t capacity = std::max(size_ + more, 2 * capacity_);
  auto grown = std::make_unique_for_overwrite<uint8_t[]>(capacity);
  if (size_ != 0) std::memcpy(grown.get(), data_.get(), size_);
  data_ = std::move(grown);
  capacity_ = capacity;
}

void CopyEncoder::BeginMessage() {
  Reserve(5);
  message_at_ = size_;
  data_[size_] = 'd';
  size_ += 5;
}

void CopyEncoder::EndMessage() {
  StoreBigEndian(data_.get() + message_at_ + 1, static_cast<uint32_t>(size_ - message_at_ - 1));
}

void CopyEncoder::Header() {
  BeginMessage();
  Reserve(sizeof kHeader);
  std::memcpy(data_.get() + size_, kHeader, sizeof kHeader);
  size_ += sizeof kHeader;
  EndMessage();
}

void CopyEncoder::Trailer() {
  BeginMessage();
  Reserve(2);
  StoreBigEndian(data_.get() + size_, int16_t{-1});
  size_ += 2;
  EndMessage();
}

uint64_t CopyEncoder::RowBytes(const arrow::BatchView& batch, uint32_t row) const {
  uint64_t bytes = fixed_bytes_;
  for (const size_t column : variable_) bytes += batch.columns[column].Bytes(row).size();
  return bytes;
}

Result<uint32_t> CopyEncoder::Encode(const arrow::BatchView& batch, uint32_t first, size_t flush_bytes) {
  RB_CHECK(batch.columns.size() == columns_);
  if (first == batch.rows) return first;
  BeginMessage();
  uint32_t row = first;
  do {
    const uint64_t bytes = RowBytes(batch, row);
    if (bytes > kLargeBytes && row != first) break;  // it goes by pieces
    if (bytes > kMaxMessageBytes - (size_ - message_at_)) {
      if (row != first) break;  // it begins the next message
      size_ = message_at_;
      return TooLarge(bytes);
    }
    Reserve(static_cast<size_t>(bytes));
    size_ = static_cast<size_t>(EncodeRow(batch, row, data_.get() + size_) - data_.get());
    ++row;
  } while (row < batch.rows && size_ < flush_bytes);
  EndMessage();
  SlowOnPurpose("dest_encode", 32 * (size_ - message_at_));
  return row;
}

bool CopyEncoder::IsLarge(const arrow::BatchView& batch, uint32_t row) const {
  return RowBytes(batch, row) > kLargeBytes;
}

uint64_t CopyEncoder::ExactBytes(const arrow::BatchView& batch, uint32_t row) {
  uint64_t bytes = sizeof(uint16_t);
  for (const arrow::ColumnView& column : batch.columns) {
    bytes += sizeof(uint32_t);
    if (column.IsNull(row)) continue;
    bytes += arrow::IsVariableWidth(column.type) ? column.Bytes(row).size() : ValueWidth(column.type);
  }
  return bytes;
}

Status CopyEncoder::BeginLargeRow(const arrow::BatchView& batch, uint32_t row) {
  const uint64_t bytes = ExactBytes(batch, row);
  if (bytes > kMaxMessageBytes - sizeof(uint32_t)) return TooLarge(bytes);
  BeginMessage();
  StoreBigEndian(data_.get() + message_at_ + 1, static_cast<uint32_t>(bytes + sizeof(uint32_t)));
  Reserve(sizeof(uint16_t));
  StoreBigEndian(data_.get() + size_, static_cast<uint16_t>(batch.columns.size()));
  size_ += sizeof(uint16_t);
  return {};
}

std::span<const uint8_t> CopyEncoder::BeginValue(const arrow::ColumnView& column, uint32_t row) {
  constexpr size_t kCopiedBytes = 64 << 10;
  const bool variable = arrow::IsVariableWidth(column.type) && !column.IsNull(row);
  const std::string_view value = variable ? column.Bytes(row) : std::string_view();
  if (value.size() <= kCopiedBytes) {
    Reserve(sizeof(uint32_t) + std::max<size_t>(value.size(), ValueWidth(column.type)));
    size_ = static_cast<size_t>(EncodeValue(column, row, data_.get() + size_) - data_.get());
    return {};
  }
  Reserve(sizeof(uint32_t));
  StoreBigEndian(data_.get() + size_, static_cast<uint32_t>(value.size()));
  size_ += sizeof(uint32_t);
  return {reinterpret_cast<const uint8_t*>(value.data()), value.size()};
}

uint8_t* CopyEncoder::EncodeRow(const arrow::BatchView& batch, uint32_t row, uint8_t* to) const {
  StoreBigEndian(to, static_cast<uint16_t>(batch.columns.size()));
  to += 2;
  for (const arrow::ColumnView& column : batch.columns) to = EncodeValue(column, row, to);
  return to;
}

}  // namespace rapidbyte::pgwire
