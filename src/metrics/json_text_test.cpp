#include "metrics/json_text.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

TEST(ParseOutputJson, NamesTheLine) {
  EXPECT_EQ(ParseOutputJson("{\n\"a\": 1,\n\"b\" 2}").error().message, "line 3: this is not JSON");
  EXPECT_EQ(ParseOutputJson("{\n\"a\": 1,\n", "x.json").error().message, "x.json:3: the JSON ends too early");
  EXPECT_EQ(ParseOutputJson(" \n").error().message.substr(0, 6), "line 2");
  EXPECT_EQ(*ParseOutputJson("[1]"), json::array({1}));
}

TEST(ParseOutputJson, RefusesWhatNestsTooDeep) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(ParseOutputJson(nested(kOutputLimits.depth)));
  const auto deep = ParseOutputJson(nested(1'000'000));
  ASSERT_FALSE(deep);
  EXPECT_NE(deep.error().message.find("deeper than 250"), std::string::npos);
  EXPECT_TRUE(ParseOutputJson("\"" + std::string(1000, '[') + "\\\"[\""));  // brackets in a text nest nothing
}

TEST(ParseOutputJson, RefusesNumbersThatNoDoubleHolds) { EXPECT_FALSE(ParseOutputJson("[1e999]")); }

TEST(ParseJsonOutput, TakesTheWholeTextOrItsLastLine) {
  EXPECT_EQ(*ParseJsonOutput("{\n\"a\": 1\n}\n"), json({{"a", 1}}));
  EXPECT_EQ(*ParseJsonOutput("starting\n{\"a\": 1}\n\n"), json({{"a", 1}}));
  EXPECT_FALSE(ParseJsonOutput("starting\n12\n"));  // a number of its own is no document
  EXPECT_FALSE(ParseJsonOutput("starting\n{\"a\": 1}\nbye\n"));
  EXPECT_FALSE(ParseJsonOutput(""));
}

TEST(FindBenchLine, TakesTheLastLine) {
  const auto line = FindBenchLine("hello\n@@BENCH_JSON@@{\"a\":1}\nmore\n@@BENCH_JSON@@{\"a\":2}\r\nbye\n");
  ASSERT_TRUE(line);
  EXPECT_EQ(*line, json({{"a", 2}}));
  EXPECT_EQ(*FindBenchLine("@@BENCH_JSON@@{}"), json::object());
}

TEST(FindBenchLine, RefusesAMissingOrBrokenLine) {
  const std::string deep = "@@BENCH_JSON@@{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const std::string& output : {std::string(), std::string("no line\n"), std::string("x @@BENCH_JSON@@{}\n"),
                                    std::string("@@BENCH_JSON@@{\"a\":\n"), std::string("@@BENCH_JSON@@[]\n"), deep}) {
    const auto line = FindBenchLine(output);
    ASSERT_FALSE(line) << output.substr(0, 40);
    EXPECT_EQ(line.error().code, ErrorCode::kInternal);
  }
  EXPECT_TRUE(HasBenchLine(deep));
  EXPECT_FALSE(HasBenchLine("x @@BENCH_JSON@@{}"));
}

}  // namespace
}  // namespace rapidbyte::metrics
