// What decoding and encoding COPY BINARY costs per row, on rows like those of bench_events.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "arrow/ipc_reader.h"
#include "arrow/ipc_writer.h"
#include "base/bytes.h"
#include "base/check.h"
#include "pgwire/array_encoder.h"
#include "pgwire/copy_decoder.h"
#include "pgwire/copy_encoder.h"

namespace rapidbyte::pgwire {
namespace {

using arrow::TypeId;

constexpr uint32_t kRows = 8192;
constexpr size_t kFlushBytes = 128 << 10;

arrow::Schema EventsSchema() {
  return {{{"id", TypeId::kInt32, false, {}},
           {"event_type", TypeId::kUtf8, false, {}},
           {"user_id", TypeId::kInt32, false, {}},
           {"amount", TypeId::kInt32, false, {}},
           {"is_active", TypeId::kBool, false, {}},
           {"payload", TypeId::kUtf8, true, {}},
           {"created_at", TypeId::kTimestamp, true, {}}}};
}

// `payload_nulls`: every how many rows the payload is NULL; 0 for never.
std::vector<arrow::ColumnBuilder> EventsColumns(uint32_t payload_nulls) {
  constexpr std::string_view types[] = {"click", "purchase", "view", "signup", "logout"};
  std::vector<arrow::ColumnBuilder> columns;
  for (const arrow::Field& field : EventsSchema().fields) columns.emplace_back(field.type);
  const auto append_text = [](arrow::ColumnBuilder& column, std::string_view text) {
    column.AppendBytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  };
  for (uint32_t i = 1; i <= kRows; ++i) {
    columns[0].AppendFixed(i);
    append_text(columns[1], types[(i - 1) % 5]);
    columns[2].AppendFixed(i % 1000 + 1);
    columns[3].AppendFixed(7 * i % 10000);
    columns[4].AppendBool(i % 3 != 0);
    if (payload_nulls != 0 && i % payload_nulls == 0) {
      columns[5].AppendNull();
    } else {
      append_text(columns[5], "payload-" + std::to_string(i) + "-" + std::string(50, 'x'));
    }
    columns[6].AppendFixed(int64_t{1'750'000'000'000'000} - int64_t{37} * i % 86400 * 1'000'000);
  }
  return columns;
}

std::vector<uint8_t> EventsMessage(uint32_t payload_nulls) {
  arrow::BatchWriter writer(EventsSchema());
  const auto message = writer.Write(EventsColumns(payload_nulls));
  RB_CHECK(message.has_value());
  return {message->begin(), message->end()};
}

// The batch as a server sends it: one message a row.
std::vector<uint8_t> EventsStream(uint32_t payload_nulls) {
  const std::vector<uint8_t> message = EventsMessage(payload_nulls);
  arrow::BatchView batch;
  RB_CHECK(arrow::ReadBatchMessage(message, EventsSchema(), batch).has_value());
  CopyEncoder encoder(EventsSchema());
  for (uint32_t row = 0; row < batch.rows;) row = encoder.Encode(batch, row, 1).value();
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

std::vector<uint8_t> StreamHeader() {
  CopyEncoder encoder(EventsSchema());
  encoder.Header();
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

void Count(benchmark::State& state, size_t bytes_per_batch) {
  state.SetItemsProcessed(state.iterations() * kRows);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes_per_batch));
}

void DecodeEvents(benchmark::State& state) {
  const std::vector<uint8_t> stream = EventsStream(static_cast<uint32_t>(state.range(0)));
  CopyDecoder decoder(EventsSchema(), {kRows, 1 << 30, 1 << 20});
  RB_CHECK(decoder.Consume(StreamHeader()).has_value());
  for (auto _ : state) {
    decoder.Reset();
    RB_CHECK(decoder.Consume(stream).value().stop == DecodeStop::kBatchFull);
  }
  Count(state, stream.size());
}
BENCHMARK(DecodeEvents)->ArgName("payload_nulls")->Arg(0)->Arg(3);

void EncodeEvents(benchmark::State& state) {
  const std::vector<uint8_t> message = EventsMessage(static_cast<uint32_t>(state.range(0)));
  arrow::BatchView batch;
  RB_CHECK(arrow::ReadBatchMessage(message, EventsSchema(), batch).has_value());
  CopyEncoder encoder(EventsSchema());
  size_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    for (uint32_t row = 0; row < batch.rows;) {
      encoder.Clear();
      row = encoder.Encode(batch, row, kFlushBytes).value();
      bytes += encoder.bytes().size();
    }
  }
  Count(state, bytes);
}
BENCHMARK(EncodeEvents)->ArgName("payload_nulls")->Arg(0)->Arg(3);

void EncodeEventArrays(benchmark::State& state) {
  const std::vector<uint8_t> message = EventsMessage(static_cast<uint32_t>(state.range(0)));
  arrow::BatchView batch;
  RB_CHECK(arrow::ReadBatchMessage(message, EventsSchema(), batch).has_value());
  std::vector<uint8_t> arrays;
  for (auto _ : state) {
    arrays.clear();
    for (const arrow::ColumnView& column : batch.columns) EncodeArray(column, 0, column.length, arrays);
    benchmark::DoNotOptimize(arrays.data());
  }
  Count(state, arrays.size());
}
BENCHMARK(EncodeEventArrays)->ArgName("payload_nulls")->Arg(0)->Arg(3);

}  // namespace
}  // namespace rapidbyte::pgwire
