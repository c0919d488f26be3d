#include "report/hyperfine_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/test_commands.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class HyperfineJsonTest : public testing::Test {
 protected:
  void SetUp() override {
    question_.commands = {Named("sleep 0.1", {{"t", "0.1"}}), Named("true")};
    AddRuns(question_.commands[0], 0.1, 3, samples_);
    AddRuns(question_.commands[1], 0.001, 1, samples_);
    samples_[0].wall_secs = 0.1;
    samples_[1].wall_secs = 0.2;
    samples_[2].wall_secs = 0.6;
    samples_[1].exit_code = 3;
  }
  json Document() const { return json::parse(HyperfineJson(AnalyzeCommands(question_, samples_))); }

  CommandQuestion question_;
  std::vector<record::Sample> samples_;
};

TEST_F(HyperfineJsonTest, HasTheKeysOfHyperfineInItsOrder) {
  const std::string text = HyperfineJson(AnalyzeCommands(question_, samples_));
  const auto document = nlohmann::ordered_json::parse(text);
  std::vector<std::string> keys;
  for (const auto& item : document["results"][0].items()) keys.push_back(item.key());
  EXPECT_THAT(keys, ElementsAre("command", "mean", "stddev", "median", "user", "system", "min", "max", "times",
                                "memory_usage_byte", "exit_codes", "parameters"));
  EXPECT_EQ(document.size(), 1u);
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST_F(HyperfineJsonTest, HasItsNumbers) {
  const json result = Document()["results"][0];
  EXPECT_EQ(result["command"], "sleep 0.1");
  EXPECT_DOUBLE_EQ(result["mean"], 0.3);
  EXPECT_NEAR(result["stddev"], 0.264575131, 1e-9);  // of 0.1, 0.2, 0.6: sqrt(0.14 / 2)
  EXPECT_DOUBLE_EQ(result["median"], 0.2);
  EXPECT_DOUBLE_EQ(result["min"], 0.1);
  EXPECT_DOUBLE_EQ(result["max"], 0.6);
  EXPECT_EQ(result["times"], json({0.1, 0.2, 0.6}));
  EXPECT_EQ(result["exit_codes"], json({0, 3, 0}));
  EXPECT_EQ(result["memory_usage_byte"].size(), 3u);
  EXPECT_EQ(result["parameters"], json({{"t", "0.1"}}));
}

TEST_F(HyperfineJsonTest, OneRunHasNoDeviationAndACommandWithoutParametersNone) {
  const json result = Document()["results"][1];
  EXPECT_TRUE(result["stddev"].is_null());
  EXPECT_FALSE(result.contains("parameters"));
}

TEST_F(HyperfineJsonTest, ACommandWithoutRunsIsLeftOut) {
  question_.commands.push_back(Named("never"));
  EXPECT_EQ(Document()["results"].size(), 2u);
}

TEST_F(HyperfineJsonTest, Csv) {
  const std::string text = HyperfineCsv(AnalyzeCommands(question_, samples_));
  EXPECT_TRUE(text.starts_with("command,mean,stddev,median,user,system,min,max,parameter_t\r\n")) << text;
  EXPECT_THAT(text, HasSubstr("\r\ntrue,"));
}

}  // namespace
}  // namespace rapidbyte::report
