#include "metrics/go_benchmark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::metrics {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ReadGoBenchmark, TakesResultsAndTheirPackage) {
  const auto lines = ReadGoBenchmark(
      "goos: linux\npkg: example.com/a\nBenchmarkX-8   100  123.5 ns/op  4 B/op  2 allocs/op  1.5 MB/s  7 rows/s\n"
      "BenchmarkNoResult\nBenchmarkX-8\nok  example.com/a 1.2s\n");
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 1u);
  const GoBenchmarkLine& line = (*lines)[0];
  EXPECT_EQ(line.line, 3u);
  EXPECT_EQ(line.name, "BenchmarkX-8");
  EXPECT_EQ(line.package, "example.com/a");
  EXPECT_EQ(line.values.size(), 5u);
  EXPECT_DOUBLE_EQ(line.values.at("sec/op"), 123.5e-9);
  EXPECT_DOUBLE_EQ(line.values.at("B/s"), 1.5e6);
  EXPECT_EQ(line.values.at("rows/s"), 7);
}

TEST(ReadGoBenchmark, NamesTheLineThatIsWrong) {
  EXPECT_EQ(ReadGoBenchmark("\nBenchmarkX 1 abc ns/op\n").error().message,
            "line 2: 'BenchmarkX': 'abc' is not a number");
  EXPECT_EQ(ReadGoBenchmark("BenchmarkX 1 2 ns/op 3\n", "a.txt").error().message,
            "a.txt:1: 'BenchmarkX' has a number without its unit");
}

TEST(GoDimensions, TakesTheNameApart) {
  EXPECT_THAT(GoDimensions("BenchmarkScan/size=1k/fast/mode=x-16"),
              ElementsAre(Pair("benchmark", "Scan/fast"), Pair("mode", "x"), Pair("procs", "16"), Pair("size", "1k")));
  EXPECT_THAT(GoDimensions("BenchmarkX"), ElementsAre(Pair("benchmark", "X")));
}

}  // namespace
}  // namespace rapidbyte::metrics
