#include "stats/change_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "stats/test_series.h"

namespace rapidbyte::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Series Autoregressive(double coefficient, size_t n, Random& random) {
  Series series(n);
  double state = Normal(random);
  for (double& value : series) {
    value = state;
    state = coefficient * state + std::sqrt(1 - coefficient * coefficient) * Normal(random);
  }
  return series;
}

Series Raised(Series series, size_t begin, size_t end, double height) {
  for (size_t i = begin; i < end; ++i) series[i] += height;
  return series;
}

// `before` points of the one level, then `after` points of the other.
Series Step(size_t before, double low, size_t after, double high) {
  Series series(before, low);
  series.insert(series.end(), after, high);
  return series;
}

std::vector<size_t> Indexes(const Series& series) {
  std::vector<size_t> indexes;
  for (const ChangePoint& change : FindChangePoints(series)) indexes.push_back(change.index);
  return indexes;
}

// How many of `count` series of 100 points show a change.
size_t Alarms(size_t count, uint64_t seed, const std::function<Series(Random&)>& generate) {
  Random random(seed);
  size_t alarms = 0;
  for (size_t i = 0; i < count; ++i) alarms += !FindChangePoints(generate(random)).empty();
  return alarms;
}

// Raises a point above its neighbours, by more than they differ, or lowers it below them.
Series Spiked(Series series, size_t place, double height) {
  const size_t begin = std::min(place < 2 ? 0 : place - 2, series.size() - 5);
  Series neighbours(series.begin() + begin, series.begin() + begin + 5);
  neighbours.erase(neighbours.begin() + (place - begin));
  const auto [low, high] = std::minmax_element(neighbours.begin(), neighbours.end());
  const double least = 1.01 * (*high - *low);
  series[place] = height > 0 ? *high + std::max(height, least) : *low + std::min(height, -least);
  return series;
}

// How many of the changes that the series shows it does not show without the point.
size_t ChangesOwedTo(size_t place, Series series) {
  const std::vector<size_t> with = Indexes(series);
  if (with.empty()) return 0;
  series.erase(series.begin() + place);
  const std::vector<size_t> without = Indexes(series);
  return std::count_if(with.begin(), with.end(), [&](size_t index) {
    return std::none_of(without.begin(), without.end(), [&](size_t other) {
      const size_t there = other + (other >= place ? 1 : 0);
      return there <= index + 5 && index <= there + 5;
    });
  });
}

TEST(RelativeChange, HasTheSignOfTheChange) {
  EXPECT_DOUBLE_EQ(RelativeChange(10, 15), 0.5);
  EXPECT_DOUBLE_EQ(RelativeChange(10, 5), -0.5);
  EXPECT_DOUBLE_EQ(RelativeChange(-10, -5), 0.5);
  EXPECT_DOUBLE_EQ(RelativeChange(-10, 10), 2);
}

TEST(RelativeChange, FromZeroIsInfiniteOrNone) {
  EXPECT_EQ(RelativeChange(0, 0), 0);
  EXPECT_EQ(RelativeChange(0, 3), kInfinity);
  EXPECT_EQ(RelativeChange(0, -3), -kInfinity);
}

TEST(FindChangePoints, FewerThanTenPointsShowNone) {
  for (size_t n = 0; n < 10; ++n) EXPECT_THAT(Indexes(Step(n / 2, 1, n - n / 2, 100)), IsEmpty()) << n;
}

TEST(FindChangePoints, TenPointsAreEnoughWithoutNoise) {
  const std::vector<ChangePoint> changes = FindChangePoints(Step(5, 10, 5, 20));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].index, 5u);
  EXPECT_EQ(changes[0].before, 10);
  EXPECT_EQ(changes[0].after, 20);
  EXPECT_EQ(changes[0].change, 1);
}

TEST(FindChangePoints, ConstantSeriesHaveNone) {
  for (const size_t n : {1, 10, 11, 100, 1000}) EXPECT_THAT(Indexes(Series(n, 7.5)), IsEmpty()) << n;
}

TEST(FindChangePoints, StepsWithoutNoiseAreFoundExactly) {
  for (const size_t n : {20, 100, 1000}) {
    for (size_t index = 5; index + 5 <= n; index += n / 20) {
      const std::vector<ChangePoint> changes = FindChangePoints(Step(index, -3, n - index, -3.001));
      ASSERT_EQ(changes.size(), 1u) << index << " of " << n;
      EXPECT_EQ(changes[0].index, index);
      EXPECT_EQ(changes[0].first, index);
      EXPECT_EQ(changes[0].last, index);
      EXPECT_NEAR(changes[0].change, -0.001 / 3, 1e-12);
    }
  }
}

TEST(FindChangePoints, AStairWithoutNoiseIsFoundExactly) {
  Series stair;
  for (const double level : {5, 9, 2, 2, 7}) stair.insert(stair.end(), 12, level);
  EXPECT_THAT(Indexes(stair), ElementsAre(12, 24, 48));
}

TEST(FindChangePoints, LoneAndDoubleSpikesInAConstantAreNone) {
  for (const size_t n : {10, 11, 30, 100}) {
    for (const size_t width : {1, 2}) {
      for (size_t place = 0; place + width <= n; ++place) {
        for (const double height : {-1e12, -1.0, 1e-6, 1.0, 1e300}) {
          const Series spiked = Raised(Series(n, 1.0), place, place + width, height);
          EXPECT_THAT(Indexes(spiked), IsEmpty()) << width << " of " << height << " at " << place << " of " << n;
        }
      }
    }
  }
}

TEST(FindChangePoints, NoChangeIsOwedToALoneSpike) {
  for (const double coefficient : {0.0, 0.5}) {
    Random random(21);
    for (size_t i = 0; i < 6000; ++i) {
      const Series noise = Autoregressive(coefficient, 100, random);
      const size_t place = i % 100;
      const double height = 4 * std::pow(10, static_cast<double>(i % 7)) * (i % 2 == 0 ? 1 : -1);
      EXPECT_EQ(ChangesOwedTo(place, Spiked(noise, place, height)), 0u)
          << height << " at " << place << " of series " << i << " with " << coefficient;
    }
  }
}

TEST(FindChangePoints, ASpikeDoesNotMoveAChange) {
  Random random(12);
  const Series step = Raised(NormalSeries(100, random), 60, 100, 8);
  ASSERT_THAT(Indexes(step), ElementsAre(60));
  for (size_t place = 0; place < step.size(); ++place) {
    const std::vector<ChangePoint> changes = FindChangePoints(Raised(step, place, place + 1, 1e6));
    ASSERT_EQ(changes.size(), 1u) << place;
    EXPECT_EQ(changes[0].index, place == 59 ? 59 : 60) << "a spike just before a change may be its first point";
    EXPECT_LE(changes[0].first, 60u) << place;
    EXPECT_GE(changes[0].last, 60u) << place;
  }
}

TEST(FindChangePoints, NoiseOfAnyShapeRaisesFewAlarms) {
  // 300 series each: 2% are 6; 12 are three standard errors more.
  EXPECT_LE(Alarms(300, 1, [](Random& random) { return NormalSeries(100, random); }), 12u);
  EXPECT_LE(Alarms(300, 2,
                   [](Random& random) {
                     Series series(100);
                     for (double& value : series) value = std::student_t_distribution<double>(2)(random);
                     return series;
                   }),
            12u);
  for (const double share : {0.2, 0.5}) {
    EXPECT_LE(Alarms(300, 3,
                     [share](Random& random) {
                       Series series = NormalSeries(100, random);
                       for (double& value : series) value += std::bernoulli_distribution(share)(random) ? 50 : 0;
                       return series;
                     }),
              12u)
        << share;
  }
}

TEST(FindChangePoints, CorrelatedNoiseRaisesFewAlarms) {
  // 5% of 300 are 15; 26 are three standard errors more. Taken for independent, more than half would show changes.
  EXPECT_LE(Alarms(300, 4, [](Random& random) { return Autoregressive(0.5, 100, random); }), 26u);
}

TEST(FindChangePoints, ChangesInCorrelatedNoiseAreStillFound) {
  Random random(5);
  size_t found = 0;
  for (int i = 0; i < 100; ++i) {
    const std::vector<size_t> indexes = Indexes(Raised(Autoregressive(0.5, 100, random), 50, 100, 4));
    found += std::any_of(indexes.begin(), indexes.end(), [](size_t index) { return index >= 47 && index <= 53; });
  }
  EXPECT_GE(found, 90u);
}

TEST(FindChangePoints, TwoDeviationsAreFoundTenPointsLater) {
  Random random(6);
  size_t found = 0;
  for (int i = 0; i < 300; ++i) {
    const std::vector<size_t> indexes = Indexes(Raised(NormalSeries(100, random), 90, 100, 2));
    found += std::any_of(indexes.begin(), indexes.end(), [](size_t index) { return index >= 87 && index <= 93; });
  }
  EXPECT_GE(found, 270u);
}

TEST(FindChangePoints, SeveralChangesAreFoundWithTheirLevels) {
  Random random(7);
  const Series series = Raised(Raised(NormalSeries(200, random, 100), 50, 90, 10), 140, 200, -20);
  const std::vector<ChangePoint> changes = FindChangePoints(series);
  ASSERT_EQ(changes.size(), 3u);
  const double levels[] = {100, 110, 100, 80};
  const size_t places[] = {50, 90, 140};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(changes[i].index, places[i]);
    EXPECT_NEAR(changes[i].before, levels[i], 1);
    EXPECT_NEAR(changes[i].after, levels[i + 1], 1);
    EXPECT_NEAR(changes[i].change, levels[i + 1] / levels[i] - 1, 0.02);
    EXPECT_EQ(changes[i].before, i > 0 ? changes[i - 1].after : changes[i].before);
  }
}

TEST(FindChangePoints, ALargeChangeDoesNotHideASmallOne) {
  Random random(8);
  const Series series = Raised(Raised(NormalSeries(120, random), 60, 120, 1e6), 90, 120, 4);
  EXPECT_THAT(Indexes(series), ElementsAre(60, testing::AllOf(testing::Ge(89u), testing::Le(91u))));
}

TEST(FindChangePoints, TheRangeUsuallyHoldsThePlace) {
  Random random(9);
  size_t found = 0;
  size_t held = 0;
  for (int i = 0; i < 300; ++i) {
    const std::vector<ChangePoint> changes = FindChangePoints(Raised(NormalSeries(100, random), 50, 100, 1.5));
    for (const ChangePoint& change : changes) {
      EXPECT_LE(change.first, change.index);
      EXPECT_LE(change.index, change.last);
    }
    if (changes.size() != 1) continue;
    ++found;
    held += changes[0].first <= 50 && 50 <= changes[0].last;
  }
  EXPECT_GE(found, 270u);
  EXPECT_GE(held, found * 9 / 10);
}

TEST(FindChangePoints, LogarithmsGiveTheSamePlaces) {
  Random random(13);
  Series series = Raised(NormalSeries(150, random), 70, 150, 3);
  const std::vector<size_t> indexes = Indexes(series);
  ASSERT_FALSE(indexes.empty());
  for (double& value : series) value = std::exp(value);
  EXPECT_EQ(Indexes(series), indexes);
}

TEST(FindChangePoints, ValuesOfEitherSignMirror) {
  Random random(14);
  Series series = Raised(NormalSeries(100, random), 40, 100, -5);
  const std::vector<ChangePoint> changes = FindChangePoints(series);
  for (double& value : series) value = -value;
  const std::vector<ChangePoint> mirrored = FindChangePoints(series);
  ASSERT_EQ(changes.size(), 1u);
  ASSERT_EQ(mirrored.size(), 1u);
  EXPECT_EQ(changes[0].index, mirrored[0].index);
  EXPECT_EQ(changes[0].after, -mirrored[0].after);
}

TEST(FindChangePoints, TheLargestNumbersDoNotOverflow) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  EXPECT_THAT(Indexes(Step(30, -kLargest, 30, kLargest)), ElementsAre(30));
  Random random(19);
  Series series = Raised(NormalSeries(60, random), 30, 60, 9);
  for (size_t i = 0; i < series.size(); i += 7) series[i] = i % 2 == 0 ? kLargest : -kLargest;
  for (const ChangePoint& change : FindChangePoints(series)) EXPECT_NEAR(static_cast<double>(change.index), 30, 3);
}

TEST(FindChangePoints, TicksOfACoarseClockAreNoObstacle) {
  Random random(15);
  Series series = Raised(NormalSeries(100, random, 20), 60, 100, 3);
  for (double& value : series) value = std::round(value / 2) * 2;
  const std::vector<size_t> indexes = Indexes(series);
  ASSERT_EQ(indexes.size(), 1u);
  EXPECT_NEAR(static_cast<double>(indexes[0]), 60, 3);
}

TEST(FindChangePoints, ATrendShowsFewChanges) {
  Random random(16);
  for (const double rise : {0.01, 0.1, 1.0, 10.0}) {
    Series series = NormalSeries(100, random);
    for (size_t i = 0; i < series.size(); ++i) series[i] += rise * static_cast<double>(i);
    EXPECT_LE(Indexes(series).size(), 6u) << rise;
  }
}

TEST(FindChangePoints, EarlierHistoryLeavesLaterChangesAlone) {
  Random random(17);
  const Series recent = Raised(Raised(NormalSeries(100, random), 40, 100, 4), 80, 100, 4);
  const std::vector<size_t> alone = Indexes(recent);
  ASSERT_EQ(alone.size(), 2u);
  for (const size_t earlier : {20, 100, 1000}) {
    for (const double level : {0.0, 30.0}) {
      Series longer = NormalSeries(earlier, random, level);
      longer.insert(longer.end(), recent.begin(), recent.end());
      std::vector<size_t> indexes = Indexes(longer);
      ASSERT_GE(indexes.size(), 2u);
      indexes.erase(indexes.begin(), indexes.end() - 2);
      EXPECT_THAT(indexes, ElementsAre(alone[0] + earlier, alone[1] + earlier)) << earlier << " at " << level;
    }
  }
}

TEST(FindChangePoints, ManyChangesOfALongSeriesAreFound) {
  Random random(18);
  Series series = NormalSeries(20'000, random);
  for (size_t i = 0; i < series.size(); ++i) series[i] += (i / 200) % 2 == 0 ? 0 : 10;
  const std::vector<size_t> indexes = Indexes(series);
  size_t exact = 0;
  for (size_t place = 200; place < series.size(); place += 200) {
    exact += std::binary_search(indexes.begin(), indexes.end(), place);
  }
  EXPECT_EQ(exact, 99u);
  EXPECT_LE(indexes.size(), 105u);
}

TEST(FindChangePointsDeathTest, OtherThanFiniteIsTheCallersMistake) {
  EXPECT_DEATH(FindChangePoints(Series{1, 2, std::nan("")}), "isfinite");
  EXPECT_DEATH(FindChangePoints(Series{1, kInfinity}), "isfinite");
}

}  // namespace
}  // namespace rapidbyte::stats
