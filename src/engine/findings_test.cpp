#include "engine/findings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

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
