#include "stats/false_discovery.h"

#include <gmock/gmock.h>

namespace rapidbyte::stats {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(FalseDiscoveryTest, StepsUpFromTheLargest) {
  EXPECT_THAT(
      FalseDiscoveryAdjust(std::vector<double>{0.01, 0.04, 0.03, 0.005}),
      ElementsAre(DoubleNear(0.02, 1e-12), DoubleNear(0.04, 1e-12), DoubleNear(0.04, 1e-12), DoubleNear(0.02, 1e-12)));
  EXPECT_THAT(FalseDiscoveryAdjust(std::vector<double>{0.3}), ElementsAre(0.3));
  EXPECT_THAT(FalseDiscoveryAdjust(std::vector<double>{1, 1}), ElementsAre(1, 1));
  EXPECT_TRUE(FalseDiscoveryAdjust({}).empty());
}

}  // namespace
}  // namespace rapidbyte::stats
