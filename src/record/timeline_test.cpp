#include "record/timeline.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::record {
namespace {

using nlohmann::json;

Timeline Example() {
  Timeline timeline;
  timeline.pipeline = "orders";
  timeline.duration_nanos = 9'000'001;
  timeline.source.connector = "source-postgres";
  timeline.source.spans = {{1, 1'000'002, 1'000'001, 1, 1, 1, StageActivity::kDecode},
                           {1'000'002, 1'500'000, 499'998, 1, 1, 1, StageActivity::kEmit},
                           {1'500'000, 3'000'000, 700'000, 2, 4, 3, StageActivity::kWaitStage}};
  timeline.destination.connector = "dest-postgres";
  timeline.destination.grain_nanos = 2'000;
  timeline.destination.spans = {{1'500'001, 1'600'000, 99'999, 1, 1, 1, StageActivity::kReceive}};
  return timeline;
}

TEST(Timeline, IsReadAsItWasWritten) {
  const Timeline before = Example();
  const auto after = ReadTraceJson(ToTraceJson(before), "t.json");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->pipeline, before.pipeline);
  EXPECT_EQ(after->duration_nanos, before.duration_nanos);
  EXPECT_EQ(after->source.spans, before.source.spans);
  EXPECT_EQ(after->destination.spans, before.destination.spans);
  EXPECT_EQ(after->destination.connector, before.destination.connector);
  EXPECT_EQ(after->destination.grain_nanos, before.destination.grain_nanos);
}

TEST(Timeline, SumsWhatSpansWereBusyWith) {
  const auto totals = Example().source.Totals();
  EXPECT_EQ(totals[static_cast<size_t>(StageActivity::kWaitStage)], 700'000u);
  EXPECT_EQ(totals[static_cast<size_t>(StageActivity::kDecode)], 1'000'001u);
  EXPECT_EQ(totals[static_cast<size_t>(StageActivity::kFlush)], 0u);
}

// What viewers need: spans with whole times, threads that do not overlap with others' spans, arrows in pairs.
TEST(Timeline, IsATraceWithAFlowFromEmitToReceive) {
  const json trace = json::parse(ToTraceJson(Example()));
  json starts = json::array();
  json ends = json::array();
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("ph") == "s") starts.push_back(event);
    if (event.at("ph") == "f") ends.push_back(event);
  }
  ASSERT_EQ(starts.size(), 1u);
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(starts[0].at("id"), ends[0].at("id"));
  EXPECT_EQ(starts[0].at("pid"), 1);
  EXPECT_EQ(ends[0].at("pid"), 2);
  EXPECT_LT(starts[0].at("ts"), ends[0].at("ts"));
}

void ExpectRefused(const std::string& text, const std::string& reason) {
  const auto result = ReadTraceJson(text, "t.json");
  ASSERT_FALSE(result) << text;
  EXPECT_EQ(result.error().code, ErrorCode::kData);
  EXPECT_NE(result.error().message.find("t.json: " + reason), std::string::npos) << result.error().message;
}

TEST(Timeline, SaysWhatIsWrongWithAFile) {
  ExpectRefused("", "there is no text");
  ExpectRefused(std::string(200'000, '['), "the JSON nests deeper");
  ExpectRefused("[1]", "it is no JSON object");
  ExpectRefused(R"({"traceEvents": []})", "it is no timeline");
  ExpectRefused(R"({"otherData": {"format": "rapidbyte-timeline", "version": 2}, "traceEvents": []})",
                "it is a timeline of a version");
  const std::string text = ToTraceJson(Example());
  for (size_t size = 0; size + 2 < text.size(); size += 97) EXPECT_FALSE(ReadTraceJson(text.substr(0, size), "t"));
}

TEST(Timeline, RefusesSpansThatCannotBe) {
  const json good = json::parse(ToTraceJson(Example()));
  const auto with = [&](const char* key, const json& value, bool in_args) {
    json trace = good;
    for (json& event : trace.at("traceEvents")) {
      if (event.at("ph") == "X") (in_args ? event.at("args") : event)[key] = value;
    }
    return ReadTraceJson(trace.dump(), "t").has_value();
  };
  EXPECT_TRUE(with("ts", 5, false));
  EXPECT_FALSE(with("ts", -5, false));
  EXPECT_FALSE(with("ts", 1e300, false));
  EXPECT_FALSE(with("dur", "long", false));
  EXPECT_FALSE(with("pid", 3, false));
  EXPECT_FALSE(with("tid", 0, false));
  EXPECT_FALSE(with("tid", 11, false));
  EXPECT_FALSE(with("args", json::array(), false));
  EXPECT_FALSE(with("busy_us", 1e9, true)) << "busier than it is long";
  EXPECT_FALSE(with("batch", 1u << 31, true)) << "its last batch before its first";
}

}  // namespace
}  // namespace rapidbyte::record
