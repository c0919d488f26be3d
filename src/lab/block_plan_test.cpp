#include "lab/block_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace rapidbyte::lab {
namespace {

using Order = std::vector<size_t>;

TEST(BlockPlan, EveryCellOnceInABlock) {
  for (Order order : PlanBlocks(3, 50, 7)) {
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (Order{0, 1, 2, 3, 4, 5, 6}));
  }
}

// Written down once: an order that changed with the compiler or the machine would make a recorded seed worthless.
TEST(BlockPlan, ASeedMeansThisOrder) {
  EXPECT_EQ(PlanBlocks(42, 3, 4), (std::vector<Order>{{1, 0, 3, 2}, {1, 0, 3, 2}, {1, 2, 3, 0}}));
}

TEST(BlockPlan, ALongerPlanBeginsWithTheShorterOne) {
  const auto longer = PlanBlocks(9, 20, 3);
  EXPECT_EQ(PlanBlocks(9, 5, 3), std::vector<Order>(longer.begin(), longer.begin() + 5));
}

TEST(BlockPlan, OtherSeedsGiveOtherOrders) { EXPECT_NE(PlanBlocks(1, 20, 2), PlanBlocks(2, 20, 2)); }

TEST(BlockPlan, AllOrdersAreAboutEquallyFrequent) {
  std::map<Order, int> counts;
  for (const Order& order : PlanBlocks(7, 6000, 3)) ++counts[order];
  EXPECT_EQ(counts.size(), 6u);
  // 1000 of each are expected, with a standard deviation of 29; the seed is fixed.
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 120);
}

TEST(BlockPlan, NothingToOrder) {
  EXPECT_TRUE(PlanBlocks(1, 0, 2).empty());
  EXPECT_EQ(PlanBlocks(1, 2, 1), (std::vector<Order>{{0}, {0}}));
}

}  // namespace
}  // namespace rapidbyte::lab
