// What a user is told about a scenario with a mistake: testdata/NAME.yaml against testdata/NAME.txt, all files there.
// RAPIDBYTE_REBASE=1 rewrites the texts. tests/scenarios checks the same files by the schema.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "scenario/scenario.h"

namespace rapidbyte::scenario {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(RAPIDBYTE_ROOT) / "src/scenario/testdata";

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    if (file.path().extension() == ".yaml") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ScenarioErrorsTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioErrorsTest, AreToldExactly) {
  const yaml::Environment environment = [](const std::string& name) {
    return name == "SECRET" ? std::optional<std::string>("hunter2") : std::nullopt;
  };
  const auto parsed = ParseScenario(ReadText(kFolder / (GetParam() + ".yaml")), GetParam() + ".yaml", environment);
  ASSERT_FALSE(parsed) << "no error";
  EXPECT_EQ(parsed.error().code, ErrorCode::kConfiguration);
  const std::filesystem::path expected = kFolder / (GetParam() + ".txt");
  const char* rebase = std::getenv("RAPIDBYTE_REBASE");
  if (rebase != nullptr && std::string(rebase) == "1") std::ofstream(expected) << parsed.error().message << "\n";
  EXPECT_EQ(parsed.error().message + "\n", ReadText(expected));
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioErrorsTest, ::testing::ValuesIn(CaseNames()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace rapidbyte::scenario
