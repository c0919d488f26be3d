#include "analysis/campaign_rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::analysis {
namespace {

record::Campaign Campaign(const nlohmann::json& settings) {
  record::Campaign campaign;
  campaign.blocks = 60;
  campaign.settings = settings;
  return campaign;
}

TEST(StoppingOf, ACampaignThatIsOneOfSeveralSpendsItsShareOfEachLevel) {
  const nlohmann::json until{{"max_blocks", 60}};
  const auto whole = StoppingOf(Campaign({{"until_decided", until}}), {});
  const auto share = StoppingOf(Campaign({{"until_decided", until}, {"level_share", 0.25}}), {});
  ASSERT_TRUE(whole && share);
  EXPECT_DOUBLE_EQ(share->criteria.alpha, whole->criteria.alpha / 4);
  EXPECT_DOUBLE_EQ(share->criteria.largest_p, whole->criteria.largest_p / 4);
  EXPECT_DOUBLE_EQ(share->criteria.equivalence_alpha, whole->criteria.equivalence_alpha / 4);

  const auto nonsense = StoppingOf(Campaign({{"until_decided", until}, {"level_share", -1}}), {});
  EXPECT_DOUBLE_EQ(nonsense->criteria.alpha, whole->criteria.alpha);
}

TEST(StoppingRule, TheQuestionOfOneCampaignIsNotTheScenarios) {
  const nlohmann::json metrics = {{{"name", "cost"}, {"primary", true}, {"threshold", 0.02}, {"direction", "higher"}},
                                  {{"name", "size"}, {"threshold", 0.03}}};
  const record::Campaign step = Campaign({{"metrics", metrics}, {"stop_threshold", 0.4}});
  EXPECT_EQ(StoppingRule(step).name, "cost");
  EXPECT_EQ(StoppingRule(step).threshold, 0.4);
  EXPECT_EQ(StoppingRule(step).direction, stats::Direction::kHigherIsBetter);
  EXPECT_EQ(PrimaryRule(step).threshold, 0.02);

  const record::Campaign other = Campaign({{"metrics", metrics}, {"stop_metric", "size"}});
  EXPECT_EQ(StoppingRule(other).name, "size");
  EXPECT_EQ(StoppingRule(other).threshold, 0.03);
  EXPECT_EQ(PrimaryRule(other).name, "cost");
  EXPECT_EQ(StoppingRule(Campaign({{"metrics", metrics}})).threshold, 0.02);
}

}  // namespace
}  // namespace rapidbyte::analysis
