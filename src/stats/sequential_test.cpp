#include "stats/sequential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace rapidbyte::stats {
namespace {

using Values = std::vector<double>;

std::vector<size_t> Blocks(const LookPlan& plan) {
  std::vector<size_t> blocks;
  for (const Look& look : PlanLooks(plan)) blocks.push_back(look.blocks);
  return blocks;
}

// The first look of 54 cells spends half: 2.5%/54 = 0.000463 needs 13 blocks (2/2^13 = 0.000244).
TEST(PlanLooks, StartWhereAChangeCanBeSeenAndGrow) {
  EXPECT_EQ(Blocks({.cells = 54, .most_blocks = 60}), (std::vector<size_t>{13, 17, 22, 29, 38, 49, 60}));
  // One cell: 0.5% needs 9 blocks, the second look's 0.17% 11, which 12 are.
  EXPECT_EQ(Blocks({.cells = 1, .most_blocks = 20}), (std::vector<size_t>{9, 12, 16, 20}));
}

TEST(PlanLooks, OneThatWouldComeJustBeforeTheLastIsLeftOut) {
  EXPECT_EQ(Blocks({.cells = 54, .most_blocks = 24}), (std::vector<size_t>{13, 17, 24}));
  EXPECT_EQ(Blocks({.cells = 54, .most_blocks = 14}), (std::vector<size_t>{14}));
  EXPECT_EQ(Blocks({.cells = 54, .most_blocks = 3}), (std::vector<size_t>{3}));
}

TEST(PlanLooks, SpendAllAndNoMore) {
  for (const size_t most : {10, 14, 20, 60, 1000}) {
    double sum = 0;
    for (const Look& look : PlanLooks({.cells = 54, .most_blocks = most})) sum += look.share;
    EXPECT_NEAR(sum, 1, 1e-12) << most;
  }
}

TEST(PlanLooks, EachCanBeSignificant) {
  for (const size_t cells : {1, 2, 54, 500}) {
    for (const Look& look : PlanLooks({.cells = cells, .most_blocks = 200})) {
      EXPECT_GE(look.blocks, BlocksBeforeSignificance(cells, Design::kPaired, Spend({}, look))) << cells;
    }
  }
}

TEST(LookAt, IsOnlyWhereItIsPlanned) {
  const LookPlan plan{.cells = 54, .most_blocks = 60};
  EXPECT_FALSE(LookAt(plan, 0));
  EXPECT_FALSE(LookAt(plan, 12));
  EXPECT_EQ(LookAt(plan, 13)->number, 1u);
  EXPECT_EQ(LookAt(plan, 17)->share, 1.0 / 6);
  EXPECT_EQ(LookAt(plan, 60)->share, 1.0 / 7);
  EXPECT_FALSE(LookAt(plan, 61));
}

TEST(ClosingLook, TakesWhatIsLeft) {
  const LookPlan plan{.cells = 54, .most_blocks = 60};
  EXPECT_EQ(ClosingLook(plan, 10).share, 1);        // no look yet
  EXPECT_EQ(ClosingLook(plan, 20).share, 1.0 / 3);  // 1/2 and 1/6 are spent
  EXPECT_EQ(ClosingLook(plan, 20).number, 3u);
  EXPECT_EQ(ClosingLook(plan, 22).share, 1.0 / 3);  // in the place of the third
  EXPECT_EQ(ClosingLook(plan, 60).share, 1.0 / 7);
}

TEST(Spend, LowersEveryLevel) {
  const Criteria spent = Spend({}, {.share = 0.5});
  EXPECT_DOUBLE_EQ(spent.alpha, 0.025);
  EXPECT_DOUBLE_EQ(spent.largest_p, 0.005);
  EXPECT_DOUBLE_EQ(spent.equivalence_alpha, 0.025);
}

// One cell that is clearly slower, one that is clearly the same, one too noisy to say.
struct Campaign {
  Values ones, slower, same, noisy;
  std::vector<Comparison> At(size_t blocks) const {
    const auto first = [&](const Values& values) { return std::span(values).first(blocks); };
    return {{.before = first(ones), .after = first(slower)},
            {.before = first(ones), .after = first(same)},
            {.before = first(ones), .after = first(noisy)}};
  }
};

Campaign MakeCampaign() {
  Campaign campaign;
  std::mt19937_64 random(11);
  std::normal_distribution<double> noise;
  for (int i = 0; i < 100; ++i) {
    campaign.ones.push_back(1);
    campaign.slower.push_back(std::exp(0.1 + 0.01 * noise(random)));
    campaign.same.push_back(std::exp(0.004 * noise(random)));
    campaign.noisy.push_back(std::exp(0.5 * noise(random)));
  }
  return campaign;
}

TEST(DecideAtLook, KeepsWhatIsDecided) {
  Campaign campaign = MakeCampaign();
  const auto looks = PlanLooks({.cells = 3, .most_blocks = 60});
  const auto first = DecideAtLook(looks[0], campaign.At(looks[0].blocks), {});
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].verdict, Verdict::kRegressed);
  EXPECT_EQ(first[1].verdict, Verdict::kUnchanged);
  EXPECT_EQ(first[2].verdict, Verdict::kInconclusive);
  EXPECT_EQ(first[0].family, 3u);
  EXPECT_FALSE(AllDecided(first));
  EXPECT_EQ(Explain(first[0])[1], "At look 1, with levels lowered so that all looks together keep to theirs:");

  // Whatever the decided cells show later, they are not read any more, and the change has left the family.
  campaign.slower.assign(100, 1.0);
  campaign.same.assign(100, 2.0);
  const auto second = DecideAtLook(looks[1], campaign.At(looks[1].blocks), first);
  EXPECT_EQ(second[0].verdict, Verdict::kRegressed);
  EXPECT_EQ(second[0].look, 1u);
  EXPECT_EQ(second[1].verdict, Verdict::kUnchanged);
  EXPECT_EQ(second[2].look, 2u);
  EXPECT_EQ(second[2].family, 2u);
  EXPECT_EQ(second[2].ratio->pairs, looks[1].blocks);
}

TEST(DecideAtLook, SpendsItsShareOnly) {
  const Values ones(8, 1.0), slower(8, 1.1);  // p = 0.0078: enough at 1%, not at half of it
  const Comparison comparison{.before = ones, .after = slower};
  const auto at = [&](double share) {
    return DecideAtLook({.blocks = 8, .share = share}, std::span(&comparison, 1), {}).front().verdict;
  };
  EXPECT_EQ(at(1), Verdict::kRegressed);
  EXPECT_EQ(at(0.5), Verdict::kInconclusive);
}

TEST(DecideAtLook, OneLookIsADecisionWithoutStopping) {
  const Campaign campaign = MakeCampaign();
  const auto looks = PlanLooks({.cells = 3, .most_blocks = 9});
  ASSERT_EQ(looks.size(), 1u);
  const auto decisions = DecideAtLook(looks[0], campaign.At(9), {});
  const auto plain = Decide(campaign.At(9));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(decisions[i].verdict, plain[i].verdict);
    EXPECT_EQ(decisions[i].adjusted_p, plain[i].adjusted_p);
  }
}

TEST(AllDecided, OfNothingIsTrue) {
  EXPECT_TRUE(AllDecided({}));
  EXPECT_FALSE(AllDecided(std::vector<Decision>(1)));
}

}  // namespace
}  // namespace rapidbyte::stats
