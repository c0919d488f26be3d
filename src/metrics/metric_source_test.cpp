#include "metrics/metric_source.h"

#include <gtest/gtest.h>

namespace rapidbyte::metrics {
namespace {

std::string ErrorOf(const MetricSource& source, std::string_view text) {
  const auto value = Extract(source, text);
  return value ? "no error" : value.error().message;
}

bool Contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Extract, AKeyOfTheBenchLine) {
  const std::string output =
      "@@BENCH_JSON@@{\"rows\": 1}\n@@BENCH_JSON@@{\"rows\": 7, \"a.b\": 8, \"a\": {\"c\": [9]}}\n";
  EXPECT_EQ(Extract(BenchLineMetric{"rows"}, output), 7);
  EXPECT_EQ(Extract(BenchLineMetric{"a.b"}, output), 8);
  EXPECT_EQ(Extract(BenchLineMetric{"a.c[0]"}, output), 9);
  EXPECT_TRUE(Contains(ErrorOf(BenchLineMetric{"row"}, output), "nearest: 'rows'"));
  EXPECT_TRUE(Contains(ErrorOf(BenchLineMetric{"rows"}, "nothing"), "@@BENCH_JSON@@"));
}

TEST(Extract, APathOfAJsonOutput) {
  EXPECT_EQ(Extract(JsonMetric{"$.rate"}, "log\n{\"rate\": 2.5}\n"), 2.5);
  EXPECT_TRUE(Contains(ErrorOf(JsonMetric{"$.rat"}, "{\"rate\": 2.5}"), "nearest: 'rate'"));
  EXPECT_TRUE(Contains(ErrorOf(JsonMetric{"$.rate"}, "log\n"), "looking for $.rate: line 1: this is not JSON"));
}

TEST(Extract, TheLastMatchOfARegularExpression) {
  const RegexMetric latency{R"(^latency average = ([0-9.]+) ms$)"};
  EXPECT_EQ(Extract(latency, "latency average = 1.5 ms\nlatency average = 2.5 ms\nx latency average = 3 ms\n"), 2.5);
  EXPECT_EQ(Extract(RegexMetric{R"((\d+)\s+rows)"}, "1 rows 22 rows"), 22);
  EXPECT_EQ(Extract(RegexMetric{R"((?:a|b)=(\d+))"}, "a=1 b=2"), 2);
  EXPECT_EQ(Extract(RegexMetric{"n=([0-9]+)"}, "\xff\xfe n=3"), 3);
  EXPECT_EQ(ErrorOf(latency, "none"), "nothing matches the regular expression '^latency average = ([0-9.]+) ms$'");
  EXPECT_TRUE(Contains(ErrorOf(RegexMetric{"x=(.*)"}, "x=many"), "found 'many', not a number"));
  EXPECT_TRUE(Contains(ErrorOf(RegexMetric{"x=()"}, "x="), "found '', not a number"));
}

TEST(Extract, ARegularExpressionTakesLinearTime) {
  const std::string hostile(200'000, 'a');
  EXPECT_TRUE(Contains(ErrorOf(RegexMetric{"(?:a+)+(b)"}, hostile), "nothing matches"));
  EXPECT_TRUE(Contains(ErrorOf(RegexMetric{"(.*)"}, hostile), "not a number"));
}

constexpr std::string_view kGoogle = R"({"context": {}, "benchmarks": [
  {"name": "BM_Parse/8", "run_name": "BM_Parse/8", "run_type": "iteration", "repetition_index": 0, "iterations": 10,
   "real_time": 3.0, "cpu_time": 2.0, "time_unit": "us", "rows_per_second": 100.0},
  {"name": "BM_Parse/8", "run_name": "BM_Parse/8", "run_type": "iteration", "repetition_index": 1, "iterations": 10,
   "real_time": 5.0, "cpu_time": 2.5, "time_unit": "us", "rows_per_second": 200.0},
  {"name": "BM_Parse/8_mean", "run_name": "BM_Parse/8", "run_type": "aggregate", "aggregate_name": "mean",
   "aggregate_unit": "time", "iterations": 2, "real_time": 4.25, "cpu_time": 2.25, "time_unit": "us"},
  {"name": "BM_Parse/8_cv", "run_name": "BM_Parse/8", "run_type": "aggregate", "aggregate_name": "cv",
   "aggregate_unit": "percentage", "iterations": 2, "real_time": 0.25, "cpu_time": 0.15, "time_unit": "us"},
  {"name": "BM_Only_median", "run_name": "BM_Only", "run_type": "aggregate", "aggregate_name": "median",
   "iterations": 3, "real_time": 7, "cpu_time": 6, "time_unit": "s"},
  {"name": "BM_Broken", "run_name": "BM_Broken", "run_type": "iteration", "error_occurred": true,
   "error_message": "no file", "real_time": 0, "cpu_time": 0, "time_unit": "ns"}]})";

TEST(Extract, ABenchmarkOfGoogleBenchmark) {
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Parse/8"}, kGoogle), 4e-6);
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Parse/8", "cpu_time"}, kGoogle), 2.25e-6);
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Parse/8", "rows_per_second"}, kGoogle), 150);
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Parse/8", "real_time", "mean"}, kGoogle), 4.25e-6);
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Parse/8_mean"}, kGoogle), 4.25e-6);
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Parse/8", "real_time", "cv"}, kGoogle), 0.25);
  EXPECT_DOUBLE_EQ(*Extract(GoogleBenchmarkMetric{"BM_Only"}, kGoogle), 7);
}

TEST(Extract, SaysWhatGoogleBenchmarkDoesNotHave) {
  EXPECT_EQ(ErrorOf(GoogleBenchmarkMetric{"BM_Prase/8"}, kGoogle),
            "there is no benchmark 'BM_Prase/8'; nearest: 'BM_Parse/8'");
  EXPECT_TRUE(Contains(ErrorOf(GoogleBenchmarkMetric{"BM_Parse/8", "cputime"}, kGoogle), "nearest: 'cpu_time'"));
  EXPECT_TRUE(Contains(ErrorOf(GoogleBenchmarkMetric{"BM_Parse/8", "real_time", "men"}, kGoogle), "nearest: 'mean'"));
  EXPECT_EQ(ErrorOf(GoogleBenchmarkMetric{"BM_Broken"}, kGoogle), "benchmark 'BM_Broken' failed: no file");
  EXPECT_TRUE(Contains(ErrorOf(GoogleBenchmarkMetric{"BM_Parse/8"}, "{}"), "no Google Benchmark JSON"));
}

TEST(Extract, ABenchmarkOfGo) {
  constexpr std::string_view go =
      "goos: linux\nBenchmarkScan/size=1k-8  \t 100\t 200 ns/op\t 4 B/op\nBenchmarkScan/size=1k-8 100 400 ns/op 4 "
      "B/op\n"
      "BenchmarkOther-8 10 1 ns/op\nPASS\n";
  EXPECT_DOUBLE_EQ(*Extract(GoBenchmarkMetric{"BenchmarkScan/size=1k-8"}, go), 300e-9);
  EXPECT_DOUBLE_EQ(*Extract(GoBenchmarkMetric{"Scan/size=1k"}, go), 300e-9);
  EXPECT_DOUBLE_EQ(*Extract(GoBenchmarkMetric{"BenchmarkScan/size=1k", "B/op"}, go), 4);
  EXPECT_TRUE(Contains(ErrorOf(GoBenchmarkMetric{"BenchmarkOhter-8"}, go), "nearest: 'BenchmarkOther-8'"));
  EXPECT_TRUE(Contains(ErrorOf(GoBenchmarkMetric{"Other", "B/op"}, go), "has no 'B/op'"));
}

TEST(CheckSource, RefusesWhatCanNeverGiveANumber) {
  for (const MetricSource& source :
       {MetricSource(BenchLineMetric{""}), MetricSource(JsonMetric{"$["}), MetricSource(RegexMetric{"("}),
        MetricSource(RegexMetric{"no group"}), MetricSource(RegexMetric{"(a)(b)"}),
        MetricSource(GoogleBenchmarkMetric{""}), MetricSource(GoBenchmarkMetric{""})}) {
    const Status checked = CheckSource(source);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::kConfiguration);
  }
  EXPECT_TRUE(CheckSource(RegexMetric{"(a)"}));
  EXPECT_TRUE(CheckSource(GoogleBenchmarkMetric{"BM_X"}));
}

TEST(UnitOf, IsKnownForTimesAndRates) {
  EXPECT_EQ(UnitOf(GoogleBenchmarkMetric{"x"}), "s");
  EXPECT_EQ(UnitOf(GoogleBenchmarkMetric{"x", "rows"}), "");
  EXPECT_EQ(UnitOf(GoBenchmarkMetric{"x"}), "s");
  EXPECT_EQ(UnitOf(GoBenchmarkMetric{"x", "MB/s"}), "B/s");
  EXPECT_EQ(UnitOf(JsonMetric{"$.x"}), "");
}

TEST(LowerIsBetter, ButNotForRates) {
  EXPECT_TRUE(LowerIsBetter("wall"));
  EXPECT_TRUE(LowerIsBetter("sec/op"));
  EXPECT_FALSE(LowerIsBetter("B/s"));
  EXPECT_FALSE(LowerIsBetter("x", "MB/s"));
  EXPECT_FALSE(LowerIsBetter("rows_per_sec"));
  EXPECT_FALSE(LowerIsBetter("Throughput"));
}

}  // namespace
}  // namespace rapidbyte::metrics
