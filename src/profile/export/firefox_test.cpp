#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "profile/export/export.h"
#include "profile/export/test_profiles.h"

namespace rapidbyte::profile {
namespace {

using nlohmann::json;

json Exported(const Profile& profile) { return json::parse(Export(profile, ExportFormat::kFirefox)); }

// The categories on the way from a sample's leaf to its root.
std::vector<std::string> CategoriesOf(const json& file, const json& thread, size_t sample) {
  const json& shared = file["shared"];
  std::vector<std::string> categories;
  for (int row = thread["samples"]["stack"].at(sample);;) {
    const int frame = shared["stackTable"]["frame"].at(row);
    categories.push_back(file["meta"]["categories"].at(size_t(shared["frameTable"]["category"].at(frame)))["name"]);
    const int offset = shared["stackTable"]["prefixOffset"].at(row);
    if (offset == 0) return categories;
    row -= offset;
  }
}

TEST(FirefoxTest, SamplesHaveTimesFromTheStartAndWeights) {
  const json file = Exported(MakeProfile());
  const json& samples = file["threads"][0]["samples"];
  EXPECT_EQ(samples["length"], 6);
  EXPECT_EQ(samples["time"], json({0, 1, 2.1, 17.1, 18.1, 19.0005}));
  EXPECT_EQ(samples["weight"], json({1, 1, 15, 1, 1, 0.999999}));
  EXPECT_EQ(samples["weightType"], "tracing-ms");
  EXPECT_EQ(samples["threadCPUDelta"], json({0, 1'000'000, 1'000'000, 0, 1'000'000, 900'000}));
  EXPECT_EQ(file["meta"]["interval"], 1);
  EXPECT_EQ(file["meta"]["startTimeAsClockMonotonicNanosecondsSinceBoot"], 1'000'000'000);
}

TEST(FirefoxTest, CategoriesTellOriginsAndStatesApart) {
  const json file = Exported(MakeProfile());
  const json& main = file["threads"][0];
  EXPECT_EQ(CategoriesOf(file, main, 2), (std::vector<std::string>{"Blocked", "Connector", "Program"}));
  EXPECT_EQ(CategoriesOf(file, main, 3), (std::vector<std::string>{"Kernel", "Library", "Program"}));
  EXPECT_EQ(CategoriesOf(file, main, 5), (std::vector<std::string>{"Preempted", "Kernel", "Library", "Program"}));
}

TEST(FirefoxTest, FunctionsKnowTheirLibraryAndFile) {
  const json file = Exported(MakeProfile());
  const json& shared = file["shared"];
  const int function = shared["frameTable"]["func"][2];
  EXPECT_EQ(shared["stringArray"].at(size_t(shared["funcTable"]["name"].at(function))), "number<int>");
  EXPECT_EQ(file["libs"].at(size_t(shared["funcTable"]["resource"].at(function)))["name"], "source.so");
  const int source = shared["funcTable"]["source"].at(function);
  EXPECT_EQ(shared["stringArray"].at(size_t(shared["sources"]["filename"].at(source))), "number.h");
  EXPECT_EQ(shared["frameTable"]["line"][2], 7);
  EXPECT_EQ(shared["frameTable"]["inlineDepth"][2], 1);
}

TEST(FirefoxTest, ThreadsLiveFromWhenToWhen) {
  const json file = Exported(MakeProfile());
  EXPECT_EQ(file["threads"][0]["registerTime"], 0);
  EXPECT_EQ(file["threads"][0]["unregisterTime"], 20);
  EXPECT_EQ(file["threads"][0]["isMainThread"], true);
  EXPECT_EQ(file["threads"][1]["isMainThread"], false);
  EXPECT_EQ(file["threads"][1]["unregisterTime"], nullptr);
  EXPECT_EQ(file["threads"][1]["pid"], "100");
}

TEST(FirefoxTest, SumsAreSamples) {
  const json samples = Exported(MakeSums())["threads"][0]["samples"];
  EXPECT_EQ(samples["weightType"], "samples");
  EXPECT_EQ(samples["weight"], json({3, 4, 2}));
  EXPECT_EQ(samples["time"], json({0, 3, 7}));
}

}  // namespace
}  // namespace rapidbyte::profile
