#include "cli/bench_cmd_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rapidbyte::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ShareDone, TheSlowerOfFewestRunsAndTimeOrTheMostRuns) {
  const CommandPace pace{10, 1000, 6};
  EXPECT_DOUBLE_EQ(ShareDone(pace, 5, 6), 0.5);
  EXPECT_DOUBLE_EQ(ShareDone(pace, 100, 3), 0.5);
  EXPECT_DOUBLE_EQ(ShareDone(pace, 900, 3), 0.9);
  EXPECT_DOUBLE_EQ(ShareDone({10, 10, 0}, 5, 100), 0.5);
}

class CommandProgressTest : public testing::Test {
 protected:
  CommandProgressTest() {
    commands_[0].name = "sleep 0.02";
    commands_[0].key = {{"command", "sleep 0.02"}};
    commands_[1].name = "a very long command, longer than any line of a terminal of eighty columns can be, is cut";
    commands_[1].key = {{"command", "long"}};
  }

  // Three blocks of two commands; each run takes `secs`.
  std::string Play(bool live, double secs) {
    std::ostringstream out;
    CommandProgress progress(out, {live, 80, 24}, commands_, {}, {3, 3, 0}, [this] { return now_; });
    lab::CampaignProgress at;
    at.blocks = 3;
    at.positions = 2;
    for (at.block = 0; at.block < 3; ++at.block) {
      for (at.position = 0; at.position < 2; ++at.position) {
        progress.OnRunStarted(at);
        now_ += secs;
        record::Sample sample;
        sample.cell = commands_[at.position].key;
        sample.wall_secs = secs;
        progress.OnRunFinished(at, sample);
      }
    }
    progress.Clear();
    return out.str();
  }

  double now_ = 100;
  std::vector<PlannedCommand> commands_ = std::vector<PlannedCommand>(2);
};

TEST_F(CommandProgressTest, ALineForEachCommandAndABar) {
  const std::string text = Play(true, 1);
  EXPECT_THAT(text, HasSubstr("sleep 0.02                                   1.00 s     2 runs\n"));
  EXPECT_THAT(text, HasSubstr(" 50%  3.00 s left"));
  EXPECT_THAT(text, HasSubstr("…     1.00 s     2 runs\n"));
  EXPECT_TRUE(text.ends_with("\r\033[2A\033[J")) << text;
}

TEST_F(CommandProgressTest, IsDrawnAtMostTenTimesASecond) {
  const std::string text = Play(true, 0.001);
  EXPECT_EQ(text.find("\033[2A"), text.rfind("\033[2A"));  // once, by Clear
}

TEST_F(CommandProgressTest, ElsewhereALineEveryFewSeconds) {
  EXPECT_EQ(Play(false, 1), "");
  const std::string text = Play(false, 6);
  EXPECT_THAT(text, HasSubstr("block 2: 'sleep 0.02' 6.00 s, "));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace rapidbyte::cli
