// What `run` prints, and what the state database remembers.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <sstream>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

class Output : public testing::Test {
 protected:
  void SetUp() override { MakeSourceTable(20000); }
};

constexpr const char* kKeys[] = {"records_read",
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
                                 "retry_count"};

TEST_F(Output, TheLineHasEveryKeyAsANumber) {
  const RunResult run = RunPipeline({});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const char* key : kKeys) {
    ASSERT_TRUE(run.line.contains(key)) << key;
    EXPECT_TRUE(run.line.at(key).is_number()) << key;
    EXPECT_GE(run.line.at(key).get<double>(), 0) << key;
  }
  EXPECT_EQ(run.line.at("records_read"), 20000);
  EXPECT_EQ(run.line.at("source_emit_count"), run.line.at("dest_recv_count").get<int>() - 1)
      << "the destination asks once more and hears of the end";
}

TEST_F(Output, HostFunctionsOfBothSidesStandApart) {
  const RunResult run = RunPipeline({});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto& functions = run.line.at("host_functions");
  EXPECT_TRUE(functions.at("source").contains("emit_batch"));
  EXPECT_FALSE(functions.at("source").contains("next_batch"));
  EXPECT_TRUE(functions.at("destination").contains("next_batch"));
  for (const auto& side : functions) {
    for (const auto& [name, stats] : side.items()) {
      EXPECT_GE(stats.at("total_nanos"), stats.at("max_nanos")) << name;
      uint64_t calls = 0;
      for (const auto& bucket : stats.at("histogram")) calls += bucket.at(1).get<uint64_t>();
      EXPECT_EQ(calls, stats.at("count").get<uint64_t>()) << name;
    }
  }
}

TEST_F(Output, QuietPrintsTheLineOnlyAndJsonTheDocumentOnly) {
  const RunResult quiet = RunPipeline({}, {"--quiet"});
  ASSERT_EQ(quiet.exit_code, 0) << quiet.err;
  EXPECT_EQ(quiet.out.rfind("@@BENCH_JSON@@{", 0), 0u);
  EXPECT_EQ(std::count(quiet.out.begin(), quiet.out.end(), '\n'), 1);
  const RunResult json = RunPipeline({}, {"--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out).at("records_written"), 20000);
}

TEST_F(Output, TheSummaryFitsEightyColumns) {
  const RunResult run = RunPipeline({});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("@@BENCH_JSON@@", 0) == 0) continue;
    EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST_F(Output, TheStateDatabaseRemembersEveryRun) {
  ASSERT_EQ(RunPipeline({}).exit_code, 0);
  PipelineSpec missing;
  missing.streams = {"nowhere"};
  ASSERT_EQ(RunPipeline(missing).exit_code, 13);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((Scratch() / "state.db").c_str(), &database), SQLITE_OK);
  std::string rows;
  sqlite3_exec(
      database,
      "SELECT outcome, coalesce(sum(records_written), 0) FROM runs LEFT JOIN run_streams ON run_id = id "
      "GROUP BY id ORDER BY id DESC LIMIT 2",
      [](void* all, int, char** values, char**) {
        static_cast<std::string*>(all)->append(values[0]).append(":").append(values[1]).append(" ");
        return 0;
      },
      &rows, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(rows, "failed:0 ok:20000 ");
}

}  // namespace
}  // namespace rapidbyte::e2e
