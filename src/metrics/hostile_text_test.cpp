// Every reader of foreign text, fed with texts cut off anywhere, with bytes changed, and with nonsense: an answer or an
// error, but no crash. Under the sanitizers this is the fuzz corpus' replay.
#include <gtest/gtest.h>

#include <random>

#include "metrics/foreign_table.h"
#include "metrics/metric_source.h"

namespace rapidbyte::metrics {
namespace {

const std::vector<std::string> kTexts = {
    "mode,wall,\"a \"\"b\"\"\"\r\ncopy,1.5,x\r\n\"a\nb\",2e3,\r\n",
    "sha;date;wall\na1;2024-01-02T10:00:00+02:00;1\nb2;1e99;2\n",
    R"({"context":{},"benchmarks":[{"name":"BM_A_mean","run_name":"BM_A","run_type":"aggregate","aggregate_name":"mean",
       "real_time":1,"cpu_time":2,"time_unit":"us"},{"name":"BM_A","real_time":1,"cpu_time":2,"time_unit":"ns","x":3}]})",
    R"({"results":[{"command":"a","times":[1,2],"mean":1,"user":1,"system":null,"parameters":{"n":"1"}}]})",
    "pkg: x\nBenchmarkX/a=b-8 \t100\t123 ns/op\t4 B/op\nBenchmarkY 1 2 MB/s\n",
    "@@BENCH_JSON@@{\"a\":{\"b\":[1,2,3]}}\nlatency = 1.5 ms\n",
};

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

TEST(HostileText, CutOffAnywhere) {
  for (const std::string& text : kTexts) {
    for (size_t size = 0; size <= text.size(); ++size) ReadAll(text.substr(0, size));
  }
}

TEST(HostileText, WithBytesChanged) {
  std::mt19937 random(7);
  const std::string interesting = std::string("\"',;\t\r\n{}[]:0e-+.\\\xff", 20) + '\0';
  for (const std::string& original : kTexts) {
    for (int i = 0; i < 300; ++i) {
      std::string text = original;
      for (int change = 0; change < 3; ++change)
        text[random() % text.size()] = interesting[random() % interesting.size()];
      ReadAll(text);
    }
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
