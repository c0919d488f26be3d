#include "report/timeline_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "report/golden_file.h"
#include "report/timeline_lanes.h"

namespace rapidbyte::report {
namespace {

using record::StageActivity;
using record::Timeline;
using testing::HasSubstr;
using testing::Not;

constexpr uint64_t kMilli = 1'000'000;

void Add(record::StageTimeline& stage, StageActivity activity, uint64_t start, uint64_t end, uint32_t batch) {
  stage.spans.push_back({start, end, end - start, batch, batch, 1, activity});
}

// Three batches of 30 ms each; the destination waits for the source at the beginning, the source for room at the end.
Timeline Example() {
  Timeline timeline;
  timeline.pipeline = "orders <eu> & \"us\"";
  timeline.duration_nanos = 200 * kMilli;
  timeline.source.connector = "source-postgres";
  timeline.destination.connector = "dest-postgres";
  Add(timeline.source, StageActivity::kPrepare, 0, 20 * kMilli, 0);
  Add(timeline.destination, StageActivity::kPrepare, 0, 15 * kMilli, 0);
  Add(timeline.destination, StageActivity::kWaitStage, 15 * kMilli, 50 * kMilli, 1);
  for (uint32_t batch = 1; batch <= 3; ++batch) {
    const uint64_t at = (20 + 30 * (batch - 1)) * kMilli;
    Add(timeline.source, StageActivity::kWaitServer, at, at + 5 * kMilli, batch);
    Add(timeline.source, StageActivity::kFetch, at + 5 * kMilli, at + 10 * kMilli, batch);
    Add(timeline.source, StageActivity::kDecode, at + 10 * kMilli, at + 25 * kMilli, batch);
    Add(timeline.source, StageActivity::kEmit, at + 25 * kMilli, at + 30 * kMilli, batch);
    const uint64_t then = (50 + 45 * (batch - 1)) * kMilli;
    Add(timeline.destination, StageActivity::kReceive, then, then + 5 * kMilli, batch);
    Add(timeline.destination, StageActivity::kEncode, then + 5 * kMilli, then + 20 * kMilli, batch);
    Add(timeline.destination, StageActivity::kFlush, then + 20 * kMilli, then + 25 * kMilli, batch);
    Add(timeline.destination, StageActivity::kWaitServer, then + 25 * kMilli, then + 45 * kMilli, batch);
  }
  Add(timeline.source, StageActivity::kWaitStage, 110 * kMilli, 150 * kMilli, 4);
  Add(timeline.destination, StageActivity::kCommit, 185 * kMilli, 200 * kMilli, 3);
  return timeline;
}

TEST(TimelinePicture, IsAsItWasLookedAt) { ExpectGolden("timeline.svg", TimelinePicture(Example())); }

TEST(TimelinePicture, NeedsNothingFromElsewhereAndEscapesNames) {
  const std::string svg = TimelinePicture(Example());
  EXPECT_THAT(svg, HasSubstr("orders &lt;eu&gt; &amp; &quot;us&quot;"));
  EXPECT_THAT(svg, Not(HasSubstr("<eu>")));
  EXPECT_THAT(svg, Not(HasSubstr("href")));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(svg, HasSubstr("<title>decode, batch 2: 15.0 ms from 60.0 ms</title>"));
}

TEST(TimelinePicture, IsTextWhateverTheNamesHold) {
  Timeline timeline = Example();
  timeline.pipeline = "a\xff\x01";
  timeline.source.connector = "\xc3(";
  const std::string svg = TimelinePicture(timeline);
  EXPECT_EQ(ValidUtf8(svg), svg);
  EXPECT_THAT(svg, HasSubstr("a\uFFFD\uFFFD: 200 ms from \uFFFD( to dest-postgres"));
}

TEST(TimelinePicture, SaysWhoWaitsForWhom) {
  EXPECT_THAT(WhoWaits(Example()),
              testing::ElementsAre("The destination waits for its server most: 30% of the run.",
                                   "Besides, the source waits for the destination: 20%; the destination waits for the "
                                   "source: 18%; the source waits for its server: 8%; the destination waits for "
                                   "COMMIT: 8%.",
                                   "The most work is decode (source): 22%."));
}

TEST(TimelinePicture, CommitIsAWait) {
  Timeline timeline;
  timeline.duration_nanos = 100 * kMilli;
  Add(timeline.source, StageActivity::kDecode, 0, 10 * kMilli, 1);
  Add(timeline.destination, StageActivity::kCommit, 60 * kMilli, 100 * kMilli, 1);
  EXPECT_THAT(WhoWaits(timeline),
              testing::ElementsAre("The destination waits for COMMIT most: 40% of the run.", "No other wait takes 5%.",
                                   "The most work is decode (source): 10%."));
}

TEST(TimelinePicture, NamesWhatIsBeforeTheStages) {
  Timeline timeline = Example();
  EXPECT_EQ(StartUpNanos(timeline), 0u);
  EXPECT_THAT(TimelinePicture(timeline), Not(HasSubstr("tart-up")));
  timeline.source.spans.erase(timeline.source.spans.begin());
  timeline.destination.spans.erase(timeline.destination.spans.begin());
  EXPECT_EQ(StartUpNanos(timeline), 15 * kMilli);
  EXPECT_THAT(TimelinePicture(timeline), HasSubstr("<title>start-up: 15.0 ms, before the stages begin</title>"));
  EXPECT_THAT(TimelinePicture(timeline), HasSubstr("Start-up (15.0 ms)"));
}

TEST(TimelinePicture, OfARunThatDidNothing) {
  const Timeline nothing;
  EXPECT_EQ(WhoWaits(nothing).front(), "Neither stage waits for more than 5% of the run.");
  EXPECT_EQ(WhoWaits(nothing).back(), "No rows moved.");
  EXPECT_THAT(TimelinePicture(nothing), HasSubstr("</svg>"));
}

// The picture's size does not follow the run's length.
TEST(TimelinePicture, PutsTogetherWhatIsNarrowerThanAPixel) {
  Timeline timeline;
  timeline.duration_nanos = 100'000 * kMilli;
  uint64_t busy = 0;
  for (uint32_t i = 0; i < 100'000; ++i) {
    const uint64_t start = i * kMilli;
    Add(timeline.source, i % 2 == 0 ? StageActivity::kFetch : StageActivity::kDecode, start, start + kMilli / 2,
        1 + i / 100);
    if (i % 2 == 0) busy += kMilli / 2;
  }
  const std::vector<Lane> lanes = LanesOf(timeline, 100 * kMilli);
  ASSERT_EQ(lanes.size(), 2u);
  EXPECT_LE(lanes[0].spans.size(), 1000u);
  uint64_t kept = 0;
  for (const record::Span& span : lanes[0].spans) kept += span.busy_nanos;
  EXPECT_EQ(kept, busy);
  EXPECT_LT(TimelinePicture(timeline).size(), 1'000'000u);
}

}  // namespace
}  // namespace rapidbyte::report
