#include "stats/holm.h"

#include <gtest/gtest.h>

namespace rapidbyte::stats {
namespace {

using Values = std::vector<double>;

void ExpectNear(const Values& found, const Values& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-12) << i;
}

TEST(HolmAdjust, ByHand) {
  // Sorted 0.005 0.01 0.03 0.04, times 4 3 2 1: 0.02 0.03 0.06 0.04, and none below the one before it.
  ExpectNear(HolmAdjust(Values{0.01, 0.04, 0.03, 0.005}), {0.03, 0.06, 0.06, 0.02});
}

TEST(HolmAdjust, OneAloneStaysAndNoneExceedsOne) {
  ExpectNear(HolmAdjust(Values{0.03}), {0.03});
  ExpectNear(HolmAdjust(Values{0.9, 0.8}), {1, 1});
  EXPECT_TRUE(HolmAdjust(Values{}).empty());
}

TEST(HolmAdjust, EqualsAreTreatedEqually) { ExpectNear(HolmAdjust(Values{0.01, 0.01, 0.5}), {0.03, 0.03, 0.5}); }

TEST(HolmAdjust, MembersThatAreNotGivenCount) {
  ExpectNear(HolmAdjust(Values{0.01, 0.02}, 5), {0.05, 0.08});
  ExpectNear(HolmAdjust(Values{0.01, 0.02}, 1), {0.02, 0.02});  // never smaller than what is given
}

}  // namespace
}  // namespace rapidbyte::stats
