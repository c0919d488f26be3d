#include "pgwire/copy_decoder.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "pgwire/types.h"

namespace rapidbyte::pgwire {
namespace {

using arrow::ColumnBuilder;
using arrow::TypeId;

constexpr uint8_t kSignature[] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0};
constexpr size_t kHeaderBytes = sizeof kSignature + 8;
constexpr uint32_t kCriticalFlags = 0xffff0000;
constexpr size_t kFrameBytes = 5;
// With rows below max_row_bytes this keeps every column below 2^31 bytes.
constexpr uint64_t kMaxBatchBytes = 1 << 30;

}  // namespace

CopyDecoder::CopyDecoder(const arrow::Schema& schema, DecoderLimits limits) : schema_(schema), limits_(limits) {
  limits_.batch_bytes = std::min(limits_.batch_bytes, kMaxBatchBytes);
  for (const arrow::Field& field : schema_.fields) columns_.emplace_back(field.type);
}

void CopyDecoder::Reset() {
  for (ColumnBuilder& column : columns_) column.Reset();
  rows_ = 0;
  batch_bytes_ = 0;
}

Result<DecodeProgress> CopyDecoder::Consume(std::span<const uint8_t> received) {
  DecodeProgress progress;
  for (;;) {
    const uint8_t* const message = received.data() + progress.consumed;
    const size_t left = received.size() - progress.consumed;
    progress.needed = kFrameBytes;
    if (left < kFrameBytes) return progress;
    if (message[0] != 'd') {
      progress.stop = DecodeStop::kOtherMessage;
      return progress;
    }
    const uint32_t length = LoadBigEndian<uint32_t>(message + 1);
    if (length < 4 || length > limits_.max_row_bytes) {
      return Fail(ErrorCode::kData,
                  "row " + std::to_string(total_rows_ + 1) + " has " + std::to_string(length) +
                      " bytes; the limit is " + std::to_string(limits_.max_row_bytes),
                  "leave the column that holds the large value out, or shorten it");
    }
    progress.needed = size_t{1} + length;
    if (left < progress.needed) return progress;
    RB_TRY(Decode(message + kFrameBytes, message + progress.needed));
    progress.consumed += progress.needed;
    batch_bytes_ += length;
    if (rows_ >= limits_.batch_rows || (batch_bytes_ >= limits_.batch_bytes && rows_ > 0)) {
      progress.stop = DecodeStop::kBatchFull;
      return progress;
    }
  }
}

Status CopyDecoder::Decode(const uint8_t* at, const uint8_t* end) {
  if (!header_seen_) {
    RB_ASSIGN(at, DecodeHeader(at, end));
    header_seen_ = true;
  }
  while (at != end) {
    at = DecodeRow(at, end);
    if (at == nullptr) return RowError();
  }
  return {};
}

Result<const uint8_t*> CopyDecoder::DecodeHeader(const uint8_t* at, const uint8_t* end) const {
  const auto left = static_cast<size_t>(end - at);
  if (left < kHeaderBytes || std::memcmp(at, kSignature, sizeof kSignature) != 0) {
    return Fail(ErrorCode::kData, "the server's COPY data does not begin with the binary signature");
  }
  if ((LoadBigEndian<uint32_t>(at + sizeof kSignature) & kCriticalFlags) != 0) {
    return Fail(ErrorCode::kData, "the server's COPY data has flags that this version does not know");
  }
  const uint32_t extension = LoadBigEndian<uint32_t>(at + sizeof kSignature + 4);
  if (extension > left - kHeaderBytes) return Fail(ErrorCode::kData, "the header of the server's COPY data is cut off");
  return at + kHeaderBytes + extension;
}

const uint8_t* CopyDecoder::DecodeRow(const uint8_t* at, const uint8_t* end) {
  error_column_ = SIZE_MAX;
  error_ = "cut off";
  if (end - at < 2) return nullptr;
  const auto count = LoadBigEndian<int16_t>(at);
  at += 2;
  if (count == -1 && !finished_) {
    finished_ = true;
    error_ = "something follows the end of the data";
    return at == end ? at : nullptr;
  }
  if (finished_ || count < 0 || static_cast<size_t>(count) != columns_.size()) {
    error_ = finished_ ? "something follows the end of the data" : "another number of columns than was asked for";
    return nullptr;
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    error_column_ = i;
    if (end - at < 4) return nullptr;
    const auto length = LoadBigEndian<int32_t>(at);
    at += 4;
    if (length == -1) {
      columns_[i].AppendNull();
      continue;
    }
    if (length < 0 || length > end - at) return nullptr;
    if (!AppendValue(columns_[i], at, static_cast<size_t>(length))) return nullptr;
    at += length;
  }
  ++rows_;
  ++total_rows_;
  return at;
}

bool CopyDecoder::AppendValue(ColumnBuilder& column, const uint8_t* value, size_t length) {
  const TypeId type = column.type();
  if (type == TypeId::kUtf8 || type == TypeId::kBinary) {
    column.AppendBytes(value, length);
    return true;
  }
  if (length != (type == TypeId::kBool ? 1 : arrow::FixedWidth(type))) {
    error_ = "a value of another length than its type has";
    return false;
  }
  switch (type) {
    case TypeId::kBool: column.AppendBool(*value != 0); return true;
    case TypeId::kInt16: column.AppendFixed(LoadBigEndian<uint16_t>(value)); return true;
    case TypeId::kInt32:
    case TypeId::kFloat32: column.AppendFixed(LoadBigEndian<uint32_t>(value)); return true;
    case TypeId::kInt64:
    case TypeId::kFloat64: column.AppendFixed(LoadBigEndian<uint64_t>(value)); return true;
    case TypeId::kDate32: column.AppendFixed(DateToArrow(LoadBigEndian<int32_t>(value))); return true;
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz: {
      int64_t micros = 0;
      error_ = "a timestamp after the year 294246 does not fit into Arrow's 64 bits";
      if (!TimestampToArrow(LoadBigEndian<int64_t>(value), &micros)) return false;
      column.AppendFixed(micros);
      return true;
    }
    case TypeId::kUuid: column.AppendUuid(value); return true;
    case TypeId::kUtf8:
    case TypeId::kBinary: return false;
  }
  return false;
}

tl::unexpected<Error> CopyDecoder::RowError() const {
  std::string where = "row " + std::to_string(total_rows_ + 1);
  if (error_column_ < schema_.fields.size()) where += ", column \"" + schema_.fields[error_column_].name + "\"";
  return Fail(ErrorCode::kData, where + ": " + error_);
}

}  // namespace rapidbyte::pgwire
