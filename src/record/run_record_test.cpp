#include "record/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace rapidbyte::record {
namespace {

using nlohmann::json;

HostFunctionStats& Function(StageRecord& stage, abi::HostFunction function) {
  return stage.functions[static_cast<size_t>(function)];
}

RunRecord ExampleRun() {
  RunRecord run;
  run.pipeline = "bench";
  run.runtime = "aot";
  run.load_method = "copy";
  run.compression = "lz4";
  run.streams = {{"users", 60, 60, 3'000'000, 3'000'000}, {"orders", 40, 40, 1'000'000, 1'000'000}};
  run.streams[0].commit = CommitState::kCommitted;
  run.streams[0].notes = {"a note"};
  run.duration_nanos = 2'000'000'000;
  run.batches = 7;
  run.channel_bytes = 1234;
  run.source.total = {1'500'000'000, 400'000'000, 900'000'000};
  run.source.guest = {300'000'000, 300'000'000, 0};
  run.source.hosting = {7'000'000, 6'000'000, 0};
  run.source.guest_phase_nanos = {1, 2, 250'000'000, 3, 4};
  run.source.module_load_nanos = 2'500'000;
  run.source.vm_setup_nanos = 1'000'000;
  run.source.query_nanos = 30'000'000;
  run.source.fetch_nanos = 700'000'000;
  run.source.wire_bytes = 999;
  Function(run.source, abi::HostFunction::k_net_connect).Add({20'000'000, 0, 20'000'000});
  Function(run.source, abi::HostFunction::k_emit_batch).Add({1000, 400, 500});
  Function(run.source, abi::HostFunction::k_emit_batch).Add({3000, 100, 2000});
  run.destination.phase_nanos = {1'000'000, 2'000'000, 3'000'000, 40'000'000, 50'000'000};
  run.destination.guest_phase_nanos[2] = 123'000'000;
  run.destination.flush_nanos = 600'000'000;
  run.destination.module_load_nanos = 500'000;
  run.destination.vm_setup_nanos = 4'000'000;
  Function(run.destination, abi::HostFunction::k_next_batch).Add({800'000'000, 1, 700'000'000});
  return run;
}

TEST(HostFunctionStats, CountsAndKeepsTheSlowestCall) {
  HostFunctionStats stats;
  stats.Add({1000, 400, 500});
  stats.Add({3000, 100, 2000});
  EXPECT_EQ(stats.count, 2u);
  EXPECT_EQ(stats.time.wall_nanos, 4000u);
  EXPECT_EQ(stats.time.work_nanos, 500u);
  EXPECT_EQ(stats.time.wait_nanos, 2500u);
  EXPECT_EQ(stats.time.StallNanos(), 1000u);
  EXPECT_EQ(stats.max_nanos, 3000u);
}

TEST(HostFunctionStats, BucketsByThePowerOfTwoBelow) {
  HostFunctionStats stats;
  for (const uint64_t nanos : {0u, 1u, 2u, 3u, 4u, 1023u, 1024u}) stats.Add({nanos, 0, 0});
  stats.Add({uint64_t{1} << 60, 0, 0});
  EXPECT_EQ(stats.histogram[0], 2u);
  EXPECT_EQ(stats.histogram[1], 2u);
  EXPECT_EQ(stats.histogram[2], 1u);
  EXPECT_EQ(stats.histogram[9], 1u);
  EXPECT_EQ(stats.histogram[10], 1u);
  EXPECT_EQ(stats.histogram[kHistogramBuckets - 1], 1u);
}

TEST(TimeSplit, StallIsNeverNegative) { EXPECT_EQ((TimeSplit{10, 8, 7}.StallNanos()), 0u); }

TEST(StageRecord, UnattributedIsTheWallThatNobodyClaims) {
  const RunRecord run = ExampleRun();
  EXPECT_EQ(run.source.UnattributedNanos(), 1'500'000'000u - 300'000'000u - 7'000'000u - 20'000'000u - 4000u);
  EXPECT_EQ(run.destination.UnattributedNanos(), 0u) << "more is attributed than the wall";
}

TEST(RunRecord, TotalsSumTheStreams) {
  const StreamRecord totals = ExampleRun().Totals();
  EXPECT_EQ(totals.records_read, 100u);
  EXPECT_EQ(totals.records_written, 100u);
  EXPECT_EQ(totals.bytes_read, 4'000'000u);
  EXPECT_EQ(totals.bytes_written, 4'000'000u);
}

TEST(RunRecordToJson, HasEveryKeyOfTheLine) {
  const json line = ToJson(ExampleRun());
  for (const char* key : {"records_read",
                          "records_written",
                          "bytes_read",
                          "bytes_written",
                          "duration_secs",
                          "source_duration_secs",
                          "dest_duration_secs",
                          "source_connect_secs",
                          "source_query_secs",
                          "source_fetch_secs",
                          "source_arrow_encode_secs",
                          "dest_connect_secs",
                          "dest_flush_secs",
                          "dest_commit_secs",
                          "dest_arrow_decode_secs",
                          "dest_vm_setup_secs",
                          "dest_recv_secs",
                          "wasm_overhead_secs",
                          "source_module_load_ms",
                          "dest_module_load_ms",
                          "source_emit_nanos",
                          "source_compress_nanos",
                          "source_emit_count",
                          "dest_recv_nanos",
                          "dest_decompress_nanos",
                          "dest_recv_count",
                          "transform_count",
                          "transform_duration_secs",
                          "transform_module_load_ms",
                          "retry_count"}) {
    ASSERT_TRUE(line.contains(key)) << key;
    EXPECT_TRUE(line[key].is_number()) << key;
  }
}

TEST(RunRecordToJson, GivesTheMeaningOfEachKey) {
  const json line = ToJson(ExampleRun());
  EXPECT_EQ(line["records_read"], 100);
  EXPECT_DOUBLE_EQ(line["duration_secs"], 2.0);
  EXPECT_DOUBLE_EQ(line["rows_per_sec"], 50.0);
  EXPECT_DOUBLE_EQ(line["mb_per_sec"], 2.0);
  EXPECT_DOUBLE_EQ(line["source_duration_secs"], 1.5);
  EXPECT_DOUBLE_EQ(line["source_cpu_secs"], 0.4);
  EXPECT_DOUBLE_EQ(line["source_guest_work_secs"], 0.3);
  EXPECT_DOUBLE_EQ(line["source_hosting_secs"], 0.007);
  EXPECT_DOUBLE_EQ(line["source_hosting_work_secs"], 0.006);
  EXPECT_DOUBLE_EQ(line["source_wait_secs"], 0.9);
  EXPECT_DOUBLE_EQ(line["source_stall_secs"], 0.2);
  EXPECT_DOUBLE_EQ(line["source_connect_secs"], 0.02);
  EXPECT_DOUBLE_EQ(line["source_query_secs"], 0.03);
  EXPECT_DOUBLE_EQ(line["source_fetch_secs"], 0.7);
  EXPECT_DOUBLE_EQ(line["source_arrow_encode_secs"], 0.25);
  EXPECT_DOUBLE_EQ(line["source_module_load_ms"], 2.5);
  EXPECT_EQ(line["source_emit_nanos"], 4000);
  EXPECT_EQ(line["source_emit_wait_nanos"], 2500);
  EXPECT_EQ(line["source_emit_count"], 2);
  EXPECT_EQ(line["source_wire_bytes"], 999);
  EXPECT_DOUBLE_EQ(line["dest_recv_secs"], 0.8);
  EXPECT_EQ(line["dest_recv_wait_nanos"], 700'000'000);
  EXPECT_DOUBLE_EQ(line["dest_flush_secs"], 0.6);
  EXPECT_DOUBLE_EQ(line["dest_finish_secs"], 0.04);
  EXPECT_DOUBLE_EQ(line["dest_commit_secs"], 0.05);
  EXPECT_DOUBLE_EQ(line["dest_phase_prepare_secs"], 0.002);
  EXPECT_DOUBLE_EQ(line["dest_arrow_decode_secs"], 0.123);
  EXPECT_DOUBLE_EQ(line["wasm_overhead_secs"], 0.008);
  EXPECT_EQ(line["streams"][1]["name"], "orders");
  EXPECT_EQ(line["streams"][0]["commit"], "committed");
  EXPECT_EQ(line["streams"][1]["commit"], "none");
  EXPECT_EQ(line["streams"][0]["notes"], nlohmann::json({"a note"}));
  EXPECT_EQ(line["streams"][1]["notes"], nlohmann::json::array());
}

TEST(RunRecordToJson, ListsTheHostFunctionsThatWereCalled) {
  const json functions = ToJson(ExampleRun())["host_functions"];
  EXPECT_EQ(functions["source"].size(), 2u);
  EXPECT_EQ(functions["destination"].size(), 1u);
  const json expected = {{"count", 2},
                         {"total_nanos", 4000},
                         {"work_nanos", 500},
                         {"wait_nanos", 2500},
                         {"stall_nanos", 1000},
                         {"max_nanos", 3000},
                         {"histogram", {{9, 1}, {11, 1}}}};
  EXPECT_EQ(functions["source"]["emit_batch"], expected);
}

TEST(RunRecordToJson, AnEmptyRunHasOnlyFiniteNumbers) {
  const json line = ToJson(RunRecord{});
  for (const auto& [key, value] : line.items()) {
    if (value.is_number()) {
      EXPECT_TRUE(std::isfinite(value.get<double>())) << key;
    }
  }
  EXPECT_EQ(line["rows_per_sec"], 0.0);
}

}  // namespace
}  // namespace rapidbyte::record
