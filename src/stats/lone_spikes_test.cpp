#include "stats/lone_spikes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "stats/test_series.h"

namespace rapidbyte::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<size_t> LeftOut(const Series& series) {
  const std::vector<size_t> kept = WithoutLoneSpikes(series);
  std::vector<size_t> left_out;
  for (size_t i = 0; i < series.size(); ++i) {
    if (!std::binary_search(kept.begin(), kept.end(), i)) left_out.push_back(i);
  }
  return left_out;
}

TEST(LoneSpikes, StandOutOfTheirNeighboursAtAnyPlace) {
  Random random(1);
  const Series noise = NormalSeries(50, random);
  ASSERT_THAT(LeftOut(noise), IsEmpty());
  for (size_t place = 0; place < noise.size(); ++place) {
    for (const double height : {-1e12, -12.0, 12.0, 1e12}) {
      Series spiked = noise;
      spiked[place] += height;
      EXPECT_THAT(LeftOut(spiked), ElementsAre(place)) << height;
    }
  }
}

TEST(LoneSpikes, StandOutOfTenPoints) {
  Random random(4);
  for (size_t place = 0; place < 10; ++place) {
    Series spiked = NormalSeries(10, random);
    spiked[place] += 100;
    EXPECT_THAT(LeftOut(spiked), testing::Contains(place));
  }
}

TEST(LoneSpikes, AreOfAnyHeightWhereThereIsNoNoise) {
  Series series(30, 1.0);
  EXPECT_THAT(LeftOut(series), IsEmpty());
  series[12] = 1.000001;
  EXPECT_THAT(LeftOut(series), ElementsAre(12));
}

TEST(LoneSpikes, AreNotTheFirstPointsAfterAStep) {
  Series series(40, 0.0);
  series.insert(series.end(), {90.0, 60.0});  // the first one overshoots, by less than the step
  EXPECT_THAT(LeftOut(series), IsEmpty()) << "two points are not alone";
  for (int more = 0; more < 5; ++more) {
    series.push_back(60);
    EXPECT_THAT(LeftOut(series), IsEmpty()) << more;
  }
}

TEST(LoneSpikes, HaveNoneOfTheirSizeNearby) {
  for (const size_t distance : {1, 2, 3, 10, 11, 30}) {
    Series series(60, 0.0);
    series[20] = 100;
    series[20 + distance] = 100;
    EXPECT_EQ(LeftOut(series).size(), distance > 10 ? 2u : 0u) << distance;
    series[20 + distance] = 30;
    EXPECT_THAT(LeftOut(series), ElementsAre(20, 20 + distance)) << "the smaller one is alone without the larger";
  }
}

TEST(LoneSpikes, AreNotTheOutliersOfASecondMode) {
  Random random(2);
  size_t left_out = 0;
  for (int i = 0; i < 100; ++i) {
    Series series = NormalSeries(100, random);
    for (double& value : series) value += std::bernoulli_distribution(0.1)(random) ? 20 : 0;
    left_out += LeftOut(series).size();
  }
  EXPECT_LE(left_out, 30u) << "of about 1,000";
}

TEST(LoneSpikes, AreRareInNormalNoise) {
  Random random(3);
  EXPECT_LE(LeftOut(NormalSeries(100'000, random)).size(), 100u);
}

TEST(LoneSpikes, NeedFourNeighbours) {
  EXPECT_THAT(LeftOut({}), IsEmpty());
  EXPECT_THAT(LeftOut({0, 0, 9, 0}), IsEmpty());
  EXPECT_THAT(LeftOut({0, 0, 0, 0, 9}), ElementsAre(4));
}

}  // namespace
}  // namespace rapidbyte::stats
