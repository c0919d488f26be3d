// Encodes batches as COPY … FROM STDIN (FORMAT BINARY), framed as CopyData messages of many rows each.
//
// Bytes gather in one buffer that is handed to the connection as it is. A row costs one check of room: its largest
// possible size is known from the schema and the lengths of its texts. Wasm-safe; one thread. The hot path of every
// destination.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "arrow/ipc_reader.h"
#include "arrow/types.h"
#include "base/result.h"

namespace rapidbyte::pgwire {

class CopyEncoder {
 public:
  explicit CopyEncoder(const arrow::Schema& schema);

  void Header();
  // Appends rows from `first` on (at least one, where there is one) as one message, until the buffer holds
  // `flush_bytes`, the batch ends, a large row follows or the message would exceed PostgreSQL's 1 GiB. Returns the next
  // row to encode. Errors: kData for a row above that limit; the buffer is then as before.
  Result<uint32_t> Encode(const arrow::BatchView& batch, uint32_t first, size_t flush_bytes);
  void Trailer();

  // Whether the row is far above the others, so that a copy of it would be felt.
  bool IsLarge(const arrow::BatchView& batch, uint32_t row) const;
  // The row as one message, handed to `write` piece by piece: large values as they lie in the batch. The buffer has to
  // be empty, and is afterwards. Errors: those of Encode and of `write`.
  template <typename Write>
  Status EncodePieces(const arrow::BatchView& batch, uint32_t row, Write write) {
    RB_TRY(BeginLargeRow(batch, row));
    for (const arrow::ColumnView& column : batch.columns) {
      const std::span<const uint8_t> large_value = BeginValue(column, row);
      if (large_value.empty()) continue;
      RB_TRY(write(bytes()));
      Clear();
      RB_TRY(write(large_value));
    }
    if (size_ != 0) RB_TRY(write(bytes()));
    Clear();
    return {};
  }

  std::span<const uint8_t> bytes() const { return {data_.get(), size_}; }
  void Clear() { size_ = 0; }

 private:
  static constexpr size_t kLargeBytes = 1 << 20;

  void Reserve(size_t more);
  void BeginMessage();
  void EndMessage();
  uint64_t RowBytes(const arrow::BatchView& batch, uint32_t row) const;  // at most
  static uint64_t ExactBytes(const arrow::BatchView& batch, uint32_t row);
  Status BeginLargeRow(const arrow::BatchView& batch, uint32_t row);
  // Appends the value, or only its length where it is better taken from the returned place in the batch.
  std::span<const uint8_t> BeginValue(const arrow::ColumnView& column, uint32_t row);
  uint8_t* EncodeRow(const arrow::BatchView& batch, uint32_t row, uint8_t* to) const;

  size_t columns_;
  std::vector<size_t> variable_;  // the columns of variable width
  size_t fixed_bytes_ = 0;        // of a row without its texts
  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t message_at_ = 0;
};

}  // namespace rapidbyte::pgwire
