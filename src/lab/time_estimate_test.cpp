#include "lab/time_estimate.h"

#include <gtest/gtest.h>

namespace rapidbyte::lab {
namespace {

TEST(TimeEstimate, KnowsNothingAtFirst) { EXPECT_EQ(TimeEstimate({3, 3}).RemainingSecs(), std::nullopt); }

TEST(TimeEstimate, ACellWithoutRunsCountsAsTheMean) {
  TimeEstimate estimate({3, 3});
  estimate.Add(0, 4);
  EXPECT_DOUBLE_EQ(*estimate.RemainingSecs(), 2 * 4 + 3 * 4);
}

TEST(TimeEstimate, EveryCellHasAMeanOfItsOwn) {
  TimeEstimate estimate({3, 3});
  estimate.Add(0, 4);
  estimate.Add(1, 1);
  estimate.Add(1, 2);
  EXPECT_DOUBLE_EQ(*estimate.RemainingSecs(), 2 * 4 + 1 * 1.5);
}

TEST(TimeEstimate, NothingRemainsAtTheEnd) {
  TimeEstimate estimate({1});
  estimate.Add(0, 4);
  EXPECT_DOUBLE_EQ(*estimate.RemainingSecs(), 0);
}

}  // namespace
}  // namespace rapidbyte::lab
