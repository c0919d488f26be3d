// Writes the messages of an Arrow IPC stream (metadata version V5, 8-byte padding, no body compression).
// https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
//
// The schema message followed by record batch messages and EndOfStream() is a stream any Arrow library reads.
// Wasm-safe. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "arrow/column_builder.h"
#include "arrow/types.h"
#include "base/result.h"

namespace rapidbyte::arrow {

// One encapsulated schema message.
std::vector<uint8_t> WriteSchemaMessage(const Schema& schema);

// Writes record batches of one schema, reusing its memory.
class BatchWriter {
 public:
  explicit BatchWriter(const Schema& schema);
  ~BatchWriter();
  BatchWriter(BatchWriter&&) noexcept;
  BatchWriter& operator=(BatchWriter&&) noexcept;

  // One encapsulated record batch message of all the columns' rows; valid until the next call. The columns are those
  // of the schema in order, equally long. Errors: kData where the batch would exceed 2 GiB.
  Result<std::span<const uint8_t>> Write(std::span<const ColumnBuilder> columns);
  // The last message is no longer needed; memory that only a large one needs goes.
  void GiveBack();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The 8 bytes that end a stream.
std::span<const uint8_t> EndOfStream();

}  // namespace rapidbyte::arrow
