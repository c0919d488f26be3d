#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "profile/export/export.h"
#include "profile/export/test_profiles.h"

namespace rapidbyte::profile {
namespace {

using nlohmann::json;

double Sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(SpeedscopeTest, OneProfileForEachThreadAndState) {
  const json file = json::parse(Export(MakeProfile(), ExportFormat::kSpeedscope));
  std::vector<std::string> names;
  for (const json& profile : file["profiles"]) {
    names.push_back(profile["name"]);
    EXPECT_EQ(profile["type"], "sampled");
    EXPECT_EQ(profile["unit"], "nanoseconds");
    EXPECT_EQ(profile["samples"].size(), profile["weights"].size());
    EXPECT_EQ(profile["endValue"], Sum(profile["weights"]));
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"rapidbyte 100/100 main · running", "rapidbyte 100/101 source · running",
                                      "rapidbyte 100/100 main · blocked", "rapidbyte 100/100 main · preempted"}));
  EXPECT_EQ(file["profiles"][0]["weights"], json({1e6, 1e6, 1e6, 1e6}));
  EXPECT_EQ(file["profiles"][0]["samples"][2], json({0, 3, 4}));
  EXPECT_NE(std::string(file["name"]).find("Missing: The kernel side"), std::string::npos);
}

TEST(SpeedscopeTest, FramesSayWhereTheyAre) {
  const json frames = json::parse(Export(MakeProfile(), ExportFormat::kSpeedscope))["shared"]["frames"];
  EXPECT_EQ(frames[2], json({{"name", "number<int>"}, {"file", "number.h"}, {"line", 7}}));
  EXPECT_EQ(frames[3], json({{"name", "memcpy"}, {"file", "/lib/libc.so.6"}})) << "the image where no file is known";
}

TEST(SpeedscopeTest, SumsAreNumbersWithoutAUnit) {
  const json profile = json::parse(Export(MakeSums(), ExportFormat::kSpeedscope))["profiles"][0];
  EXPECT_EQ(profile["unit"], "none");
  EXPECT_EQ(profile["name"], "thread 1 · running");
  EXPECT_EQ(profile["weights"], json({3, 4, 2}));
}

}  // namespace
}  // namespace rapidbyte::profile
