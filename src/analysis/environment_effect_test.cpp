#include "analysis/environment_effect.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rapidbyte::analysis {
namespace {

std::vector<std::vector<double>> Blocks(size_t blocks, const std::vector<double>& sizes, double sd, uint64_t seed = 3) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, sd);
  std::vector<std::vector<double>> times(blocks);
  for (auto& block : times) {
    const double level = std::exp(10 * normal(random));
    for (const double size : sizes) block.push_back(level * size * std::exp(normal(random)));
  }
  return times;
}

TEST(EnvironmentEffect, FindsTheSizesThatDiffer) {
  const auto effect = EffectOfEnvironment(Blocks(20, {1, 1.1, 0.9, 1}, 0.01));
  ASSERT_TRUE(effect && effect->ratio && effect->ratio->interval);
  EXPECT_EQ(effect->slowest, 1u);
  EXPECT_EQ(effect->fastest, 2u);
  EXPECT_NEAR(effect->ratio->estimate, 1.1 / 0.9, 0.03);
  EXPECT_EQ(effect->ratio->pairs, 10u) << "the second half";
  EXPECT_EQ(effect->medians.size(), 4u);
}

TEST(EnvironmentEffect, ChoosingTheExtremesFoolsNobody) {
  size_t found = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto effect = EffectOfEnvironment(Blocks(20, std::vector<double>(8, 1.0), 0.02, seed));
    found += effect->ratio->p_value <= 0.05;
  }
  EXPECT_LE(found, 34u) << "20 are expected; 34 or fewer in 999 of 1000 cases";
}

TEST(EnvironmentEffect, OfEqualTimesIsNone) {
  const auto effect = EffectOfEnvironment(std::vector<std::vector<double>>(20, {1, 1, 1}));
  ASSERT_TRUE(effect && effect->ratio);
  EXPECT_NE(effect->fastest, effect->slowest);
  EXPECT_EQ(effect->ratio->estimate, 1);
  EXPECT_EQ(effect->ratio->p_value, 1);
}

TEST(EnvironmentEffect, NeedsTwoBlocks) {
  EXPECT_FALSE(EffectOfEnvironment(Blocks(1, {1, 2}, 0)));
  const auto effect = EffectOfEnvironment(Blocks(4, {1, 2}, 0.01));
  ASSERT_TRUE(effect && effect->ratio);
  EXPECT_FALSE(effect->ratio->interval);
}

}  // namespace
}  // namespace rapidbyte::analysis
