#include "cli/bench_cmd_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::cli {
namespace {

using testing::HasSubstr;

Error WhyNot(const std::vector<std::string>& metrics, const std::string& primary = "wall") {
  const auto parsed = ParseCommandMetrics(metrics, primary);
  EXPECT_FALSE(parsed);
  return parsed ? Error() : parsed.error();
}

TEST(CommandMetrics, AreReadByKind) {
  const auto parsed =
      ParseCommandMetrics({"p99=json:$.latency.p99", "ops_per_sec=regex:([0-9.]+) ops=s", "rows=bench_line:rows",
                           "parse=google_benchmark:BM_Parse/8", "go=go_benchmark:BenchmarkX"},
                          "ops_per_sec");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->read.size(), 5u);
  EXPECT_EQ(std::get<metrics::JsonMetric>(parsed->read[0].source).path, "$.latency.p99");
  EXPECT_EQ(std::get<metrics::RegexMetric>(parsed->read[1].source).pattern, "([0-9.]+) ops=s");
  EXPECT_EQ(std::get<metrics::BenchLineMetric>(parsed->read[2].source).key, "rows");
  EXPECT_EQ(std::get<metrics::GoogleBenchmarkMetric>(parsed->read[3].source).name, "BM_Parse/8");
  EXPECT_EQ(parsed->rules[3].unit, "s");
  EXPECT_EQ(parsed->primary.name, "ops_per_sec");
  EXPECT_EQ(parsed->primary.direction, stats::Direction::kHigherIsBetter);
}

TEST(CommandMetrics, ABuiltInOneMayDecide) {
  const auto parsed = ParseCommandMetrics({}, "max_rss");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->primary.unit, "bytes");
  EXPECT_EQ(parsed->primary.direction, stats::Direction::kLowerIsBetter);
}

TEST(CommandMetrics, AnUnknownOneNamesTheNearest) {
  EXPECT_EQ(WhyNot({}, "max_rs").hint, "did you mean max_rss?");
  EXPECT_EQ(WhyNot({"ops=regex:(.*)"}, "opps").hint, "did you mean ops?");
  EXPECT_EQ(WhyNot({"ops=regx:(.*)"}).hint, "did you mean regex?");
  EXPECT_EQ(WhyNot({"ops=regx:(.*)"}).code, ErrorCode::kUsage);
}

TEST(CommandMetrics, RefusesWhatCanNeverBeRead) {
  EXPECT_THAT(WhyNot({"ops"}).message, HasSubstr("expected NAME=KIND:ARGUMENT"));
  EXPECT_THAT(WhyNot({"ops=regex"}).message, HasSubstr("expected NAME=KIND:ARGUMENT"));
  EXPECT_THAT(WhyNot({"ops=regex:"}).message, HasSubstr("expected NAME=KIND:ARGUMENT"));
  EXPECT_THAT(WhyNot({"wall=regex:(.*)"}).message, HasSubstr("every command has a metric wall"));
  EXPECT_THAT(WhyNot({"a=regex:(.*)", "a=json:$.a"}).message, HasSubstr("two metrics are named \"a\""));
  EXPECT_THAT(WhyNot({"a=regex:("}).message, HasSubstr("metric 'a'"));
}

}  // namespace
}  // namespace rapidbyte::cli
