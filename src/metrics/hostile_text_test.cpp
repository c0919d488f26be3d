// Every reader of foreign text, fed with what is too large or too deep: an answer or an error, but no crash. The fuzz
// target foreign_table feeds it with texts cut off and changed anywhere.
#include <gtest/gtest.h>

#include "metrics/foreign_table.h"
#include "metrics/metric_source.h"

namespace rapidbyte::metrics {
namespace {

void ReadAll(const std::string& text) {
  const auto format = DetectFormat(text);
  const auto table = ReadForeignTable(text, "f");
  if (table) {
    EXPECT_TRUE(format);
    for (const ForeignSeries& series : table->series) EXPECT_EQ(series.values.size(), series.rows.size());
    EXPECT_EQ(OrderByTime(table->rows).size(), table->rows.size());
  } else {
    EXPECT_FALSE(table.error().message.empty());
  }
  for (const MetricSource& source :
       {MetricSource(BenchLineMetric{"a.b[-1]"}), MetricSource(JsonMetric{"$.benchmarks[0].name"}),
        MetricSource(RegexMetric{"([0-9.]+)"}), MetricSource(GoogleBenchmarkMetric{"BM_A"}),
        MetricSource(GoBenchmarkMetric{"X/a=b"})}) {
    const auto value = Extract(source, text);
    EXPECT_TRUE(value || !value.error().message.empty());
  }
}

TEST(HostileText, HugeNumbers) {
  const std::string digits(10'000, '9');
  ReadAll("wall\n" + digits + "\n1e400\n");
  ReadAll("{\"benchmarks\":[{\"name\":\"BM_A\",\"real_time\":" + digits + ",\"time_unit\":\"ns\"}]}");
  ReadAll("{\"results\":[{\"command\":\"a\",\"times\":[1e400]}]}");
  ReadAll("BenchmarkX " + digits + " " + digits + " ns/op\n");
  ReadAll("$[" + digits + "]");
}

TEST(HostileText, DeepNesting) {
  for (const std::string open : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += open;
    ReadAll(text);
    ReadAll("{\"benchmarks\":" + text);
    ReadAll("@@BENCH_JSON@@{\"a\":" + text);
  }
}

}  // namespace
}  // namespace rapidbyte::metrics
