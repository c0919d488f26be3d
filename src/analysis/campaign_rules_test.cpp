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

}  // namespace
}  // namespace rapidbyte::analysis
