#include "cli/bench_scenarios.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/bench_measure.h"

namespace rapidbyte::cli {
namespace {

using testing::HasSubstr;

TEST(PlanScenarios, RefusesACommandThatNoDocumentCanHold) {
  ScenarioOptions options;
  options.command = "grep caf\xe9 menu";
  const auto planned = PlanScenarios(options);
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().code, ErrorCode::kUsage);
  EXPECT_EQ(planned.error().message, "--cmd is not UTF-8: grep caf\\xe9 menu");
}

// A store may have been written by anybody.
TEST(PlanAgain, SettingsOfWrongTypesCountAsNotSaid) {
  record::Campaign campaign;
  campaign.id = "c";
  for (const char* settings : {"null", "5", "[]", "{}", R"({"file": 5})"}) {
    campaign.settings = nlohmann::json::parse(settings);
    EXPECT_THAT(PlanAgain(campaign, {}, "").error().message, HasSubstr("measured no scenario")) << settings;
  }
  const nlohmann::json built_in = {{"file", "built-in scenario"}, {"scenario", "load-methods"}};
  for (const char* settings : {R"({"environment": 5})", R"({"environment": {"kind": []}})"}) {
    campaign.settings = built_in;
    campaign.settings.update(nlohmann::json::parse(settings));
    EXPECT_THAT(PlanAgain(campaign, {}, "").error().message, HasSubstr("another kind of server")) << settings;
  }
  for (const char* settings : {R"({"axes": 5})", R"({"axes": [5, "x", {"name": 1, "values": 2}, {"values": [3]}]})"}) {
    campaign.settings = built_in;
    campaign.settings.update(nlohmann::json::parse(settings));
    static_cast<void>(PlanAgain(campaign, {}, ""));  // an answer or an error, but no exception
  }
}

TEST(RecipeOf, SettingsOfWrongTypesCountAsNotSaid) {
  const MeasureOptions usual = RecipeOf({});
  record::Campaign campaign;
  for (const char* settings : {"5", "[]", R"({"recipe": 5})", R"({"recipe": {"command": 1, "product": []}})"}) {
    campaign.settings = nlohmann::json::parse(settings);
    EXPECT_EQ(RecipeOf(campaign).recipe.command, usual.recipe.command) << settings;
    EXPECT_EQ(RecipeOf(campaign).recipe.product, usual.recipe.product) << settings;
  }
}

}  // namespace
}  // namespace rapidbyte::cli
