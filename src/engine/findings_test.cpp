#include "engine/findings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

TEST(Findings, SayStreamAndSideAsARunDoes) {
  std::vector<Finding> findings;
  AddFindings(json::parse(R"({"findings": [
                {"level": "error", "stream": "users", "message": "no such table", "category": "schema"}]})"),
              Side::kSource, findings);
  AddFindings(json::parse(R"({"findings": [{"level": "note", "stream": "", "message": "a\nlook"},
                {"level": "error", "message": "may not write", "category": "permission", "hint": "grant it"}]})"),
              Side::kDestination, findings);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].error.message, "stream \"users\": source: no such table");
  EXPECT_EQ(findings[0].error.code, ErrorCode::kSource);
  EXPECT_EQ(findings[0].stream, "users");
  EXPECT_EQ(findings[1].error.message, "destination: a look");
  EXPECT_FALSE(findings[1].is_error);
  EXPECT_EQ(findings[2].error.message, "destination: may not write");
  EXPECT_EQ(findings[2].error.hint, "grant it");
  EXPECT_EQ(findings[2].error.code, ErrorCode::kDestination);
}

TEST(Findings, TheDestinationIsToldWhatTheSourceDescribed) {
  Pipeline pipeline;
  pipeline.streams = {{"users", {}}, {"orders", {}}};
  pipeline.write_mode = WriteMode::kReplace;
  const json described = json::parse(
      R"({"streams": [{"name": "orders", "columns": [{"name": "id", "type": "integer", "not_null": true}],
                       "server": "s"}]})");
  EXPECT_EQ(DestinationQuestion(pipeline, described), json::parse(R"({"streams": [{"name": "users", "columns": null},
      {"name": "orders", "columns": [{"name": "id", "type": "integer", "not_null": true}], "server": "s"}],
      "write_mode": "replace", "load_method": "copy", "replace_by": "truncate"})"));
}

// A connector is not trusted to keep to the form.
TEST(Findings, AnswersOfAnyFormBecomeErrorsOfTheConnector) {
  for (const char* answer :
       {R"({"findings": 3})", R"({"findings": {}})", R"({"findings": [3]})", R"({"findings": [{"level": "error"}]})",
        R"({"findings": [{"level": 7, "message": []}]})"}) {
    std::vector<Finding> findings;
    AddFindings(json::parse(answer), Side::kDestination, findings);
    ASSERT_EQ(findings.size(), 1u) << answer;
    EXPECT_TRUE(findings[0].is_error);
    EXPECT_EQ(findings[0].error.code, ErrorCode::kConnector) << answer;
  }
}

TEST(Findings, NothingFoundIsNothing) {
  std::vector<Finding> findings;
  AddFindings(json::parse(R"({"findings": []})"), Side::kSource, findings);
  AddFindings(json::object(), Side::kDestination, findings);
  EXPECT_TRUE(findings.empty());
}

TEST(Findings, StreamsOfAnyFormLeaveTheDestinationWithTheNames) {
  Pipeline pipeline;
  pipeline.streams = {{"t", {}}};
  const json unknown = json::parse(R"([{"name": "t", "columns": null}])");
  for (const char* answer : {"{}", R"({"streams": 3})", R"({"streams": [3, {"name": 3}, {"name": "u"}]})"}) {
    EXPECT_EQ(DestinationQuestion(pipeline, json::parse(answer)).at("streams"), unknown) << answer;
  }
  EXPECT_EQ(DestinationQuestion(pipeline, Fail(ErrorCode::kConnection, "gone")).at("streams"), unknown);
}

}  // namespace
}  // namespace rapidbyte::engine
