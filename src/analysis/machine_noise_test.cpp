#include "analysis/machine_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace rapidbyte::analysis {
namespace {

// Logarithms of independent normal noise around 10 ms, on a level that moves by `step` a block.
std::vector<double> Times(size_t n, double sd, double step = 0) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(0, sd);
  std::vector<double> secs;
  for (size_t i = 0; i < n; ++i) secs.push_back(0.01 * std::exp(step * static_cast<double>(i) + normal(random)));
  return secs;
}

TEST(MachineNoise, KnowsTheSdOfNormalNoise) {
  const MachineNoise noise = NoiseOf(Times(400, 0.02));
  EXPECT_EQ(noise.blocks, 400u);
  EXPECT_NEAR(noise.median_secs, 0.01, 0.0002);
  EXPECT_NEAR(noise.spread, 0.02, 0.003);
  ASSERT_TRUE(noise.pair_noise);
  EXPECT_NEAR(*noise.pair_noise, 0.02 * std::sqrt(2.0), 0.004) << "a difference of two has twice the variance";
  EXPECT_FALSE(noise.Drifts());
  EXPECT_FALSE(noise.NeighboursResemble());
}

TEST(MachineNoise, DriftIsInTheSpreadAndNotInThePairs) {
  const MachineNoise noise = NoiseOf(Times(100, 0.005, 0.002));
  EXPECT_TRUE(noise.Drifts());
  EXPECT_NEAR(noise.drift, std::exp(0.002 * 99), 0.02);
  EXPECT_TRUE(noise.NeighboursResemble());
  EXPECT_GT(noise.spread, 0.03);
  EXPECT_LT(*noise.pair_noise, 0.01);
}

TEST(MachineNoise, MoreBlocksAndFewerCellsResolveMore) {
  const MachineNoise noise = NoiseOf(Times(60, 0.05));
  ASSERT_EQ(noise.resolution.size(), 6u);
  const auto ratio = [&](size_t blocks, size_t cells) {
    for (const Resolution& r : noise.resolution) {
      if (r.blocks == blocks && r.cells == cells) return r.ratio;
    }
    return std::optional<double>();
  };
  ASSERT_TRUE(ratio(10, 1) && ratio(20, 1) && ratio(50, 1) && ratio(20, 54) && ratio(50, 54));
  EXPECT_FALSE(ratio(10, 54)) << "with 10 blocks no outcome is significant in one of 54";
  EXPECT_GT(*ratio(10, 1), *ratio(20, 1));
  EXPECT_GT(*ratio(20, 1), *ratio(50, 1));
  EXPECT_GT(*ratio(20, 54), *ratio(20, 1));
}

TEST(MachineNoise, OfFewBlocksClaimsNothing) {
  EXPECT_EQ(NoiseOf({}).blocks, 0u);
  const MachineNoise noise = NoiseOf(std::vector<double>{0.01});
  EXPECT_FALSE(noise.pair_noise);
  EXPECT_FALSE(noise.Drifts());
  for (const Resolution& resolution : noise.resolution) EXPECT_FALSE(resolution.ratio);
}

TEST(MachineNoise, OfEqualTimesIsNone) {
  const MachineNoise noise = NoiseOf(std::vector<double>(20, 0.01));
  EXPECT_EQ(noise.spread, 0);
  EXPECT_EQ(noise.correlation, 0);
  EXPECT_FALSE(noise.Drifts());
  EXPECT_FALSE(noise.NeighboursResemble());
}

}  // namespace
}  // namespace rapidbyte::analysis
