#include "analysis/exploration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/campaign_rules.h"

namespace rapidbyte::analysis {
namespace {

// INSERT against COPY: one cell of twenty blocks where COPY is faster, by its flush.
std::vector<record::Sample> Samples() {
  std::vector<record::Sample> samples;
  for (uint32_t block = 0; block < 20; ++block) {
    for (const char* mode : {"insert", "copy"}) {
      const bool is_copy = std::string(mode) == "copy";
      record::Sample sample;
      sample.campaign_id = "c";
      sample.block = block;
      sample.cell = {{"load_method", mode}};
      sample.wall_secs = (is_copy ? 1 : 2) + 0.01 * block;
      sample.user_secs = 0.1;
      sample.run = {{"dest_flush_secs", is_copy ? 0.5 : 1.5}};
      samples.push_back(sample);
    }
  }
  return samples;
}

record::Campaign TheCampaign() {
  record::Campaign campaign;
  campaign.id = "c";
  campaign.settings = {{"parameters", {"load_method"}}, {"values", {{"load_method", {"insert", "copy"}}}}};
  return campaign;
}

TEST(Explore, ShowsWhatElseChangedInAChangedCell) {
  const auto samples = Samples();
  const auto comparison = CompareCampaign(TheCampaign(), samples, MetricRule());
  ASSERT_TRUE(comparison) << comparison.error().message;
  ASSERT_EQ(comparison->cells[0].decision.verdict, stats::Verdict::kImproved);
  const auto explored = ExploreCampaign(TheCampaign(), samples, *comparison);
  ASSERT_EQ(explored.size(), 1u);
  std::vector<std::string> names;
  for (const ExploredMetric& metric : explored[0].metrics) names.push_back(metric.rule.name);
  EXPECT_THAT(names, testing::ElementsAre("cpu", "max_rss", "dest_flush_secs"));
  EXPECT_NEAR(explored[0].metrics[2].cell.decision.ratio->estimate, 1.0 / 3, 1e-9);
}

TEST(ExploratoryMetrics, HaveTheMemoryOfTheTreeWhereSeveralProcessesHadSome) {
  const record::Campaign campaign = TheCampaign();
  auto samples = Samples();
  const auto names = [&] {
    std::vector<std::string> result;
    for (const MetricRule& rule : ExploratoryMetrics({&campaign, 1}, samples)) result.push_back(rule.name);
    return result;
  };
  for (record::Sample& sample : samples) sample.tree_rss_bytes = sample.max_rss_bytes = 1 << 20;
  EXPECT_THAT(names(), testing::Not(testing::Contains("tree_rss")));
  samples.back().tree_rss_bytes = 2 << 20;
  EXPECT_THAT(names(), testing::Contains("tree_rss"));
}

TEST(ExploratoryMetrics, LeavesThePrimaryOneOut) {
  const record::Campaign campaign = TheCampaign();
  const auto samples = Samples();
  for (const MetricRule& rule : ExploratoryMetrics({&campaign, 1}, samples)) EXPECT_NE(rule.name, "wall");
}

}  // namespace
}  // namespace rapidbyte::analysis
