#include "metrics/foreign_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::metrics {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::Pair;

constexpr std::string_view kGoogle = R"({"context": {}, "benchmarks": [
  {"name": "BM_A", "run_name": "BM_A", "run_type": "iteration", "iterations": 10, "threads": 1,
   "real_time": 3.0, "cpu_time": 2.0, "time_unit": "ms", "bytes_per_second": 100.0},
  {"name": "BM_B", "run_name": "BM_B", "run_type": "iteration", "error_occurred": true, "error_message": "no disk"},
  {"name": "BM_A", "run_name": "BM_A", "run_type": "iteration", "iterations": 10, "threads": 1,
   "real_time": 5.0, "cpu_time": 2.5, "time_unit": "ms", "bytes_per_second": 200.0},
  {"name": "BM_A_mean", "run_name": "BM_A", "run_type": "aggregate", "aggregate_name": "mean", "iterations": 2,
   "real_time": 4, "cpu_time": 2.25, "time_unit": "ms"},
  {"name": "BM_C_mean", "iterations": 2, "real_time": 4, "cpu_time": 3, "time_unit": "us"}]})";

TEST(ReadForeignTable, GoogleBenchmark) {
  ASSERT_EQ(DetectFormat(kGoogle), ForeignFormat::kGoogleBenchmark);
  const auto table = ReadForeignTable(kGoogle, "b.json");
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->series.size(), 5u);
  const ForeignSeries& bytes = table->series[0];
  EXPECT_EQ(bytes.metric, "bytes_per_second");
  EXPECT_EQ(bytes.unit, "B/s");
  EXPECT_FALSE(bytes.lower_is_better);
  const ForeignSeries& real = table->series[2];
  EXPECT_EQ(real.metric, "real_time");
  EXPECT_EQ(real.unit, "s");
  EXPECT_THAT(real.cell, ElementsAre(Pair("benchmark", "BM_A")));
  EXPECT_THAT(real.values, ElementsAre(DoubleEq(3e-3), DoubleEq(5e-3)));  // without the aggregate
  EXPECT_THAT(real.rows, ElementsAre(0, 1));
  EXPECT_THAT(table->series[4].cell, ElementsAre(Pair("benchmark", "BM_C")));  // an aggregate of an old version
  EXPECT_THAT(table->series[4].values, ElementsAre(DoubleEq(4e-6)));
  EXPECT_THAT(table->warnings, ElementsAre("b.json: benchmark 'BM_B' failed: no disk"));
}

TEST(ReadForeignTable, GoBenchmark) {
  constexpr std::string_view text =
      "goos: linux\nBenchmarkX/n=1-8 100 200 ns/op 3 B/op\nBenchmarkX/n=2-8 100 300 ns/op\nBenchmarkX/n=1-8 90 250 "
      "ns/op 3 "
      "B/op\n";
  ASSERT_EQ(DetectFormat(text), ForeignFormat::kGoBenchmark);
  const auto table = ReadForeignTable(text, "b.txt", {.metrics = {"sec/op"}});
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->series.size(), 2u);
  EXPECT_THAT(table->series[0].cell, ElementsAre(Pair("benchmark", "X"), Pair("n", "1"), Pair("procs", "8")));
  EXPECT_THAT(table->series[0].values, ElementsAre(DoubleEq(200e-9), DoubleEq(250e-9)));
  EXPECT_THAT(table->series[0].rows, ElementsAre(0, 2));
  EXPECT_EQ(table->series[0].unit, "s");
  EXPECT_EQ(table->rows[2].line, 4u);
}

TEST(ReadForeignTable, Hyperfine) {
  constexpr std::string_view text = R"({"results": [
    {"command": "sleep 1", "mean": 2, "user": 0.5, "system": 0.25, "times": [1.5, 2.5], "exit_codes": [0, 0],
     "parameters": {"n": "1"}, "memory_usage_byte": [100, 200]},
    {"command": "x", "mean": 3, "user": 0, "system": 0, "times": null}]})";
  ASSERT_EQ(DetectFormat(text), ForeignFormat::kHyperfine);
  const auto table = ReadForeignTable(text, "h.json");
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->series.size(), 7u);
  EXPECT_THAT(table->series[0].cell, ElementsAre(Pair("command", "sleep 1"), Pair("n", "1")));
  EXPECT_EQ(table->series[0].metric, "wall");
  EXPECT_THAT(table->series[0].values, ElementsAre(1.5, 2.5));
  EXPECT_THAT(table->series[1].values, ElementsAre(0.5));
  EXPECT_EQ(table->series[3].metric, "max_rss");
  EXPECT_THAT(table->series[4].values, ElementsAre(3));  // only the mean is there
  EXPECT_THAT(table->series[4].rows, ElementsAre(2));
}

TEST(ReadForeignTable, SaysWhatItCannotRead) {
  const auto message = [](std::string_view text) {
    const auto table = ReadForeignTable(text, "f");
    return table ? "no error" : table.error().message;
  };
  EXPECT_EQ(message("{\"a\": 1}"), "f: this JSON is of no known benchmark tool");
  EXPECT_EQ(message("{\n\"a\" 1}"), "f:2: this is not JSON");
  EXPECT_EQ(message("{\"a\": 1}\n{\"a\": 2}\n"), "f:2: this is not JSON");
  EXPECT_EQ(message(""), "f: the file is empty");
  EXPECT_EQ(message(std::string_view("\xff\xfew\0", 4)), "f: the text is UTF-16, not UTF-8");
  EXPECT_EQ(message("BenchmarkX 1 abc ns/op\n"), "f:1: 'BenchmarkX': 'abc' is not a number");
  EXPECT_EQ(DetectFormat("{\"a\": 1}\n{\"a\": 2}\n"), std::nullopt);
  EXPECT_EQ(DetectFormat("  \n"), std::nullopt);
}

TEST(ReadForeignTable, SaysWhichMetricIsNotThere) {
  const auto table = ReadForeignTable(kGoogle, "b.json", {.metrics = {"realtime"}});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(table.error().message, "b.json: there is no metric 'realtime'; nearest: 'real_time'");
}

}  // namespace
}  // namespace rapidbyte::metrics
