#include "report/matrix_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/test_samples.h"

namespace rapidbyte::report {
namespace {

using testing::HasSubstr;

TEST(MatrixText, PeakMemoryIsThatOfTheTreeWhereItIsKnown) {
  std::vector<record::Sample> samples = TestSamples(10);
  for (record::Sample& sample : samples) sample.max_rss_bytes = 24'000'000;
  EXPECT_THAT(MatrixText(TestCampaign(), samples, false), HasSubstr("102 ms      24.0 MB\n"));
  for (record::Sample& sample : samples) sample.tree_rss_bytes = 31'000'000;
  EXPECT_THAT(MatrixText(TestCampaign(), samples, false), HasSubstr("102 ms      31.0 MB\n"));
}

// A store may have been written by anybody.
TEST(MatrixText, SettingsOfWrongTypesCountAsNotSaid) {
  record::Campaign campaign = TestCampaign();
  const std::vector<record::Sample> samples = TestSamples(10);
  for (
      const char* settings :
      {"null", "5", "[]", R"({"parameters": 5, "values": 6})", R"({"parameters": [1, null, {}], "values": []})",
       R"({"parameters": ["load_method", "absent"], "values": {"load_method": "copy"}})",
       R"({"values": {"load_method": {"a": 1}}, "metrics": 7, "builds": {}, "level_share": "x", "stop_metric": []})",
       R"({"metrics": [5, {"name": 5, "threshold": "x", "primary": 1}], "stop_threshold": {}, "until_decided": []})"}) {
    campaign.settings = nlohmann::json::parse(settings);
    EXPECT_THAT(MatrixText(campaign, samples, false), HasSubstr("copy")) << settings;
    EXPECT_TRUE(nlohmann::json::accept(MatrixJson(campaign, samples))) << settings;
  }
}

}  // namespace
}  // namespace rapidbyte::report
