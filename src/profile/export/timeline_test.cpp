#include "profile/export/timeline.h"

#include <gtest/gtest.h>

#include <tuple>

#include "profile/export/test_profiles.h"

namespace rapidbyte::profile {
namespace {

std::vector<std::pair<int64_t, int64_t>> PlacesOf(const Profile& profile, size_t thread) {
  std::vector<std::pair<int64_t, int64_t>> places;
  for (const Place& place : LayOut(profile, SamplesByThread(profile)[thread], SamplingIntervalNs(profile)).places) {
    places.emplace_back(place.start_ns, place.end_ns);
  }
  return places;
}

Sample At(int64_t time_ns, State state, double value) { return {time_ns, 0, kRoot, state, 1, value}; }

TEST(TimelineTest, RunningReachesBackAndWaitingForward) {
  Profile profile;
  profile.threads.resize(1);
  profile.frequency_hz = 1e9 / 100;
  profile.samples = {At(1000, State::kRunning, 100), At(1500, State::kRunning, 100), At(1520, State::kBlocked, 400),
                     At(2000, State::kRunning, 50)};
  EXPECT_EQ(PlacesOf(profile, 0),
            (std::vector<std::pair<int64_t, int64_t>>{{900, 1000}, {1400, 1500}, {1520, 1920}, {1920, 2000}}))
      << "the last gap of 30 ns is less than the interval of 100 ns";
}

TEST(TimelineTest, PlacesNeverOverlap) {
  Profile profile;
  profile.threads.resize(1);
  profile.frequency_hz = 1e9 / 100;
  profile.samples = {At(1000, State::kBlocked, 5000), At(1200, State::kRunning, 900), At(1300, State::kPreempted, 10),
                     At(1300, State::kRunning, 100)};
  EXPECT_EQ(PlacesOf(profile, 0),
            (std::vector<std::pair<int64_t, int64_t>>{{1000, 1200}, {1200, 1200}, {1300, 1300}, {1300, 1300}}));
  for (uint32_t seed = 0; seed < 50; ++seed) {
    const Profile random = MakeRandom(seed);
    for (size_t thread = 0; thread < random.threads.size(); ++thread) {
      int64_t last = 0;
      for (const auto& [start, end] : PlacesOf(random, thread)) {
        EXPECT_GE(start, last);
        EXPECT_GE(end, start);
        last = end;
      }
    }
  }
}

TEST(TimelineTest, SumsAreLaidEndToEnd) {
  const Profile profile = MakeSums();
  const ThreadTimeline timeline = LayOut(profile, SamplesByThread(profile)[0], 10);
  EXPECT_FALSE(timeline.has_times);
  ASSERT_EQ(timeline.places.size(), 3u);
  EXPECT_EQ(timeline.places[1].start_ns, 30);
  EXPECT_EQ(timeline.places[2].end_ns, 90);
}

TEST(TimelineTest, HugeNumbersStayInRange) {
  const Profile profile = MakeHostile();
  for (size_t thread = 0; thread < profile.threads.size(); ++thread) {
    for (const auto& [start, end] : PlacesOf(profile, thread)) {
      EXPECT_GE(start, 0);
      EXPECT_GE(end, start);
    }
  }
}

TEST(TimelineTest, TheIntervalIsWhatWasAskedForOrSeen) {
  Profile profile;
  EXPECT_EQ(SamplingIntervalNs(profile), 1e6);
  profile.threads.resize(1);
  profile.samples = {At(100, State::kRunning, 1), At(200, State::kRunning, 1), At(210, State::kBlocked, 1),
                     At(300, State::kRunning, 1), At(10'000, State::kRunning, 1)};
  EXPECT_EQ(SamplingIntervalNs(profile), 100);
  profile.frequency_hz = 500;
  EXPECT_EQ(SamplingIntervalNs(profile), 2e6);
}

TEST(TimelineTest, SamplesComeInOrderOfTime) {
  Profile profile;
  profile.threads.resize(2);
  profile.samples = {At(300, State::kRunning, 1), At(100, State::kRunning, 1), At(kNoTime, State::kRunning, 1)};
  profile.samples[2].thread = 1;
  EXPECT_EQ(SamplesByThread(profile), (std::vector<std::vector<uint32_t>>{{1, 0}, {2}}));
}

TEST(TimelineTest, AStepIsTheLongestOfItsPlaces) {
  const std::vector<Place> places = {{7, 0, 10}, {8, 10, 40}, {9, 60, 70}, {3, 80, 300}, {4, 300, 310}};
  const std::vector<Place> steps = InSteps(places, 100);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(std::tuple(steps[0].sample, steps[0].start_ns, steps[0].end_ns), std::tuple(8u, 0, 70));
  EXPECT_EQ(std::tuple(steps[1].sample, steps[1].start_ns, steps[1].end_ns), std::tuple(3u, 80, 300)) << "longer";
  EXPECT_EQ(std::tuple(steps[2].sample, steps[2].start_ns, steps[2].end_ns), std::tuple(4u, 300, 310));
  EXPECT_TRUE(InSteps({}, 100).empty());
}

}  // namespace
}  // namespace rapidbyte::profile
