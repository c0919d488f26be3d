#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/export/export.h"
#include "profile/export/test_readers.h"

namespace rapidbyte::profile {
namespace {

using testing::ElementsAre;

Pprof Exported(const Profile& profile) { return ReadPprof(Export(profile, ExportFormat::kPprof)); }

TEST(PprofTest, EachStateHasItsCountAndItsTime) {
  const Pprof pprof = Exported(MakeProfile());
  EXPECT_THAT(pprof.types, ElementsAre("samples/count", "cpu/nanoseconds", "waits/count", "blocked/nanoseconds",
                                       "preemptions/count", "preempted/nanoseconds"));
  EXPECT_EQ(pprof.default_type, "cpu");
  ASSERT_EQ(pprof.samples.size(), 6u) << "two samples of one thread and stack are one";
  EXPECT_THAT(pprof.samples[1].values, ElementsAre(2, 2'000'000, 0, 0, 0, 0));
  EXPECT_THAT(pprof.samples[3].values, ElementsAre(0, 0, 1, 15'000'000, 0, 0));
  EXPECT_THAT(pprof.samples[4].values, ElementsAre(0, 0, 0, 0, 1, 999'999));
}

TEST(PprofTest, InlinedFunctionsShareALocation) {
  const Pprof pprof = Exported(MakeProfile());
  EXPECT_THAT(pprof.samples[1].locations,
              ElementsAre(ElementsAre("number<int>", "decode(char const*)"), ElementsAre("main")));
  EXPECT_THAT(
      pprof.samples[5].locations,
      ElementsAre(ElementsAre("memcpy"), ElementsAre("number<int>", "decode(char const*)"), ElementsAre("main")));
}

TEST(PprofTest, LabelsSayWhoAndWhat) {
  const Pprof pprof = Exported(MakeProfile());
  const auto& labels = pprof.samples[3].labels;
  EXPECT_EQ(labels,
            (std::map<std::string, std::string>{
                {"thread", "main"}, {"tid", "100"}, {"process", "rapidbyte"}, {"pid", "100"}, {"state", "blocked"}}));
  EXPECT_THAT(pprof.mappings, ElementsAre("rapidbyte", testing::_, testing::_, testing::_)) << "the program first";
  EXPECT_THAT(pprof.comments,
              ElementsAre("Command: rapidbyte run \"a.yaml\"", "Sampled: cpu-clock at 1000 Hz.",
                          "1,234 records were lost, 6 were kept.", "2 stacks could not be walked to their end.",
                          "Missing: The kernel side was not permitted (perf_event_paranoid is 2)."));
}

TEST(PprofTest, SumsHaveCountsOnly) {
  const Pprof pprof = Exported(MakeSums());
  EXPECT_THAT(pprof.types, ElementsAre("samples/count"));
  EXPECT_EQ(pprof.default_type, "samples");
  EXPECT_THAT(pprof.samples[2].values, ElementsAre(4));
}

TEST(PprofTest, AProfileOfWaitsOpensWithThem) {
  Profile profile;
  profile.threads.resize(1);
  profile.samples = {{5, 0, PushStack(profile.stacks, {{"poll"}}), State::kBlocked, 1, 7}};
  EXPECT_EQ(Exported(profile).default_type, "blocked");
}

TEST(PprofTest, ProfilesWithTimesHaveTheSameColumns) {
  Profile profile;
  EXPECT_EQ(Exported(profile).types, Exported(MakeProfile()).types);
  EXPECT_EQ(Exported(profile).default_type, "cpu");
}

TEST(PprofTest, FractionsAreRoundedAfterTheyWereAddedUp) {
  Profile profile = MakeSums();
  for (Sample& sample : profile.samples) {
    sample.stack = profile.samples[0].stack;
    sample.value = 0.5;
  }
  EXPECT_THAT(Exported(profile).samples.at(0).values, ElementsAre(2));
}

}  // namespace
}  // namespace rapidbyte::profile
