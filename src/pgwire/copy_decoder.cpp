#include "pgwire/copy_decoder.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/slow_on_purpose.h"
#include "pgwire/messages.h"
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
constexpr uint32_t kMaxBatchBytes = 1 << 30;
constexpr uint32_t kFewRows = 16;
constexpr uint32_t kLargeRowBytes = 1 << 20;
constexpr uint32_t kNullLength = 0xffffffff;
constexpr uint16_t kTrailer = 0xffff;

constexpr char kCutOff[] = "its message ends too early";
constexpr char kAfterTrailer[] = "something follows the end of the data";
constexpr char kOtherWidth[] = "a value of another length than its type has";
constexpr char kBeyondArrow[] = "Arrow has no room for it: timestamps end with the year 294246";

template <typename T>
inline const char* AppendFixed(ColumnBuilder& column, const uint8_t* value, size_t length) {
  if (length != sizeof(T)) return kOtherWidth;
  column.AppendFixed(LoadBigEndian<T>(value));
  return nullptr;
}

// Dates and timestamps: `to_arrow` changes the epoch, or says that it cannot.
template <typename T>
inline const char* AppendMoment(ColumnBuilder& column, const uint8_t* value, size_t length, bool (*to_arrow)(T, T*)) {
  if (length != sizeof(T)) return kOtherWidth;
  T arrow = 0;
  if (!to_arrow(LoadBigEndian<T>(value), &arrow)) return kBeyondArrow;
  column.AppendFixed(arrow);
  return nullptr;
}

// Appends a value of `length` bytes, all of them received; returns what is wrong with it, or nullptr.
inline const char* AppendValue(ColumnBuilder& column, const uint8_t* value, size_t length) {
  switch (column.type()) {
    case TypeId::kBool:
      if (length != 1) return kOtherWidth;
      column.AppendBool(*value != 0);
      return nullptr;
    case TypeId::kInt16:
      return AppendFixed<uint16_t>(column, value, length);
    case TypeId::kInt32:
    case TypeId::kFloat32:
      return AppendFixed<uint32_t>(column, value, length);
    case TypeId::kInt64:
    case TypeId::kFloat64:
      return AppendFixed<uint64_t>(column, value, length);
    case TypeId::kDate32:
      return AppendMoment<int32_t>(column, value, length, DateToArrow);
    case TypeId::kTimestamp:
    case TypeId::kTimestampTz:
      return AppendMoment<int64_t>(column, value, length, TimestampToArrow);
    case TypeId::kUuid:
      if (length != 16) return kOtherWidth;
      column.AppendUuid(value);
      return nullptr;
    case TypeId::kUtf8:
    case TypeId::kBinary:
      SlowOnPurpose("source_decode", 96 * length);
      column.AppendBytes(value, length);
      return nullptr;
  }
  return kOtherWidth;
}

}  // namespace

CopyDecoder::CopyDecoder(const arrow::Schema& schema, DecoderLimits limits) : schema_(schema), limits_(limits) {
  limits_.batch_bytes = std::min<uint64_t>(limits_.batch_bytes, kMaxBatchBytes);
  limits_.max_row_bytes = std::min(limits_.max_row_bytes, kMaxBatchBytes);
  for (const arrow::Field& field : schema_.fields) columns_.emplace_back(field.type);
}

void CopyDecoder::Reset() {
  // A batch of few rows has grown by a value far above the others: its room is not kept for those to come.
  const bool large_values = rows_ < kFewRows;
  for (ColumnBuilder& column : columns_) large_values ? column.GiveBack() : column.Reset();
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
    const std::optional<size_t> whole = MessageBytes(length, size_t{1} + limits_.max_row_bytes);
    if (!whole) return MessageError(length);
    if (length > kLargeRowBytes && rows_ > 0 && batch_bytes_ + length > limits_.batch_bytes) {
      progress.stop = DecodeStop::kBatchFull;
      return progress;
    }
    progress.needed = *whole;
    if (left < progress.needed) return progress;

    const uint8_t* at = message + kFrameBytes;
    const uint8_t* const end = message + progress.needed;
    if (!header_seen_) {
      RB_ASSIGN(at, DecodeHeader(at, end));
      header_seen_ = true;
    }
    while (at != end) {
      at = DecodeRow(at, end);
      if (at == nullptr) return RowError();
    }
    progress.consumed += progress.needed;
    batch_bytes_ += length;
    if (rows_ >= limits_.batch_rows || (batch_bytes_ >= limits_.batch_bytes && rows_ > 0)) {
      progress.stop = DecodeStop::kBatchFull;
      return progress;
    }
  }
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
  if (end - at < 2) return Refuse(nullptr, kCutOff);
  const auto count = LoadBigEndian<uint16_t>(at);
  at += 2;
  if (count != columns_.size() || finished_) return DecodeTrailer(count, at, end);
  for (ColumnBuilder& column : columns_) {
    if (end - at < 4) return Refuse(&column, kCutOff);
    const auto length = LoadBigEndian<uint32_t>(at);
    at += 4;
    // One comparison for the ordinary value; NULL's length of -1 is above every room.
    if (length > static_cast<size_t>(end - at)) {
      if (length != kNullLength) return Refuse(&column, kCutOff);
      column.AppendNull();
      continue;
    }
    if (const char* error = AppendValue(column, at, length)) return Refuse(&column, error);
    at += length;
  }
  ++rows_;
  ++total_rows_;
  return at;
}

const uint8_t* CopyDecoder::DecodeTrailer(uint16_t count, const uint8_t* at, const uint8_t* end) {
  if (finished_) return Refuse(nullptr, kAfterTrailer);
  if (count != kTrailer) return Refuse(nullptr, "another number of columns than was asked for");
  finished_ = true;
  return at == end ? at : Refuse(nullptr, kAfterTrailer);
}

const uint8_t* CopyDecoder::Refuse(const ColumnBuilder* column, const char* error) {
  error_column_ = column == nullptr ? columns_.size() : static_cast<size_t>(column - columns_.data());
  error_ = error;
  return nullptr;
}

tl::unexpected<Error> CopyDecoder::MessageError(uint32_t length) const {
  const std::string row = "row " + std::to_string(total_rows_ + 1);
  if (length < 4)
    return Fail(ErrorCode::kData, row + ": its message has the impossible length " + std::to_string(length));
  return Fail(ErrorCode::kData,
              row + " has " + std::to_string(length) + " bytes; the limit is " + std::to_string(limits_.max_row_bytes),
              "leave the column that holds the large value out, or shorten it");
}

tl::unexpected<Error> CopyDecoder::RowError() const {
  std::string where = "row " + std::to_string(total_rows_ + 1);
  if (error_column_ < schema_.fields.size()) where += ", column \"" + schema_.fields[error_column_].name + "\"";
  return Fail(ErrorCode::kData, where + ": " + error_);
}

}  // namespace rapidbyte::pgwire
