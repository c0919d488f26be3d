// Rows of COPY BINARY, in any pieces, for columns of any types: what is decoded makes messages that can be read.
//
// The input: a byte with the number of columns, a byte with the type of each, a byte with the size of the pieces, then
// what the server sends.
#include <algorithm>
#include <span>

#include "arrow/ipc_reader.h"
#include "arrow/ipc_writer.h"
#include "base/check.h"
#include "pgwire/copy_decoder.h"

namespace {

using namespace rapidbyte;

constexpr uint8_t kTypes = static_cast<uint8_t>(arrow::TypeId::kUuid) + 1;
constexpr pgwire::DecoderLimits kLimits = {.batch_rows = 50, .batch_bytes = 4096, .max_row_bytes = 1 << 20};

void CheckBatch(const pgwire::CopyDecoder& decoder, const arrow::Schema& schema) {
  arrow::BatchWriter writer(schema);
  const auto message = writer.Write(decoder.columns());
  RB_CHECK(message.has_value());
  arrow::BatchView batch;
  RB_CHECK(arrow::ReadBatchMessage(*message, schema, batch).has_value());
  RB_CHECK(schema.fields.empty() || batch.rows == decoder.rows());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> input(data, size);
  const size_t columns = size > 0 ? data[0] % 13 : 0;
  if (size < columns + 2) return 0;
  arrow::Schema schema;
  for (size_t i = 0; i < columns; ++i) {
    schema.fields.push_back({"c" + std::to_string(i), static_cast<arrow::TypeId>(data[1 + i] % kTypes), true, {}});
  }
  const size_t piece = data[1 + columns] + size_t{1};
  const std::span<const uint8_t> sent = input.subspan(columns + 2);
  pgwire::CopyDecoder decoder(schema, kLimits);
  for (size_t begin = 0, end = 0; !decoder.finished();) {
    const auto progress = decoder.Consume(sent.subspan(begin, end - begin));
    if (!progress) {
      RB_CHECK(!progress.error().message.empty());
      return 0;
    }
    RB_CHECK(progress->consumed <= end - begin);
    begin += progress->consumed;
    if (progress->stop == pgwire::DecodeStop::kOtherMessage) break;
    if (progress->stop == pgwire::DecodeStop::kBatchFull) {
      CheckBatch(decoder, schema);
      decoder.Reset();
      continue;
    }
    RB_CHECK(progress->needed > end - begin);
    if (end == sent.size()) break;
    end = std::min(end + piece, sent.size());
  }
  CheckBatch(decoder, schema);
  return 0;
}
