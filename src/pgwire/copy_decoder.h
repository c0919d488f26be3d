// Decodes COPY … TO STDOUT (FORMAT BINARY) straight from the connection's receive buffer into columns.
//
// The server sends CopyData messages: the first begins with a header, each carries one row (by the documentation of
// the protocol a backend always does so), the last is a trailer. Framing and rows are parsed in one pass; every length
// is checked, nothing is copied but the values. https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4.6
// Wasm-safe; one thread. The hot path of every source.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "arrow/column_builder.h"
#include "arrow/types.h"
#include "base/result.h"

namespace rapidbyte::pgwire {

struct DecoderLimits {
  uint32_t batch_rows = 8192;
  uint64_t batch_bytes =
      1 << 20;  // of COPY data; the row that passes it is the batch's last, or the next one's first if large
  uint32_t max_row_bytes = 256u << 20;
};

enum class DecodeStop {
  kNeedMore,      // the next message is not whole
  kBatchFull,     // take the columns, then Reset()
  kOtherMessage,  // the next message is not CopyData: the session's business
};

struct DecodeProgress {
  size_t consumed = 0;  // bytes of whole messages
  DecodeStop stop = DecodeStop::kNeedMore;
  size_t needed = 0;  // kNeedMore: the bytes of the next message as far as known, at least 5
};

class CopyDecoder {
 public:
  CopyDecoder(const arrow::Schema& schema, DecoderLimits limits);

  // `received` starts at a message. Errors: kData, naming the row of the stream (from 1) and the column; after one the
  // decoder is of no more use. A message may hold several rows, but a row never spans two messages.
  Result<DecodeProgress> Consume(std::span<const uint8_t> received);

  uint32_t rows() const { return rows_; }              // in the current batch
  uint64_t total_rows() const { return total_rows_; }  // of the stream
  bool finished() const { return finished_; }          // the trailer was seen
  std::span<const arrow::ColumnBuilder> columns() const { return columns_; }
  void Reset();

 private:
  Result<const uint8_t*> DecodeHeader(const uint8_t* at, const uint8_t* end) const;
  // Both return where they ended, or nullptr after Refuse().
  const uint8_t* DecodeRow(const uint8_t* at, const uint8_t* end);
  const uint8_t* DecodeTrailer(uint16_t count, const uint8_t* at, const uint8_t* end);
  // Notes what is wrong with the row, and in which column if in one, for RowError(). Returns nullptr.
  const uint8_t* Refuse(const arrow::ColumnBuilder* column, const char* error);
  tl::unexpected<Error> RowError() const;
  tl::unexpected<Error> MessageError(uint32_t length) const;

  arrow::Schema schema_;
  DecoderLimits limits_;
  std::vector<arrow::ColumnBuilder> columns_;
  uint32_t rows_ = 0;
  uint64_t total_rows_ = 0;
  uint64_t batch_bytes_ = 0;
  bool header_seen_ = false;
  bool finished_ = false;
  const char* error_ = nullptr;
  size_t error_column_ = 0;
};

}  // namespace rapidbyte::pgwire
