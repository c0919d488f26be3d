#include "cli/bench_progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace rapidbyte::cli {
namespace {

class BenchProgressTest : public testing::Test {
 protected:
  // Plays a warm-up block and one of two blocks that count.
  std::string Play(bool live) {
    std::ostringstream out;
    BenchProgress progress(out, live);
    lab::CampaignProgress at;
    at.blocks = 3;
    at.warmup_blocks = 1;
    at.positions = 2;
    for (at.block = 0; at.block < 2; ++at.block) {
      at.warmup = at.block == 0;
      for (at.position = 0; at.position < 2; ++at.position) {
        at.cell = &cells_[at.position];
        progress.OnRunStarted(at);
        at.remaining_secs = 40;
        record::Sample sample;
        sample.cell = at.cell->key;
        sample.wall_secs = at.position == 0 ? 0.812 : 0.341;
        if (fail_last_ && at.block == 1 && at.position == 1) {
          sample.outcome = record::Outcome::kWrongRows;
          sample.error = "4 rows arrived instead of 5";
        }
        progress.OnRunFinished(at, sample);
      }
    }
    progress.Clear();
    return out.str();
  }

  std::vector<lab::Cell> cells_ = [] {
    std::vector<lab::Cell> cells(2);
    cells[0].key = {{"load_method", "insert"}};
    cells[1].key = {{"load_method", "copy"}};
    return cells;
  }();
  bool fail_last_ = false;
};

TEST_F(BenchProgressTest, PrintsALineForEachBlockWhereNothingCanBeRewritten) {
  fail_last_ = true;
  EXPECT_EQ(Play(false),
            "warm-up block 1: insert 812 ms, copy 341 ms; about 40 s left\n"
            "block 1 of 2: insert 812 ms, copy failed (4 rows arrived instead of 5); about 40 s left\n");
}

TEST_F(BenchProgressTest, RewritesOneLineOnATerminal) {
  const std::string text = Play(true);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(text.starts_with("\r\033[Kwarm-up block 1: insert …\r\033[K")) << text;
  EXPECT_NE(text.find("\r\033[Kblock 1 of 2: insert 812 ms, copy …; about 40 s left"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\033[K"));
}

TEST_F(BenchProgressTest, FailuresStayOnATerminal) {
  fail_last_ = true;
  EXPECT_NE(Play(true).find("\r\033[Kblock 1 of 2: copy failed (4 rows arrived instead of 5)\n"), std::string::npos);
}

TEST_F(BenchProgressTest, AStepHasItsDurationOrItsFailure) {
  std::ostringstream out;
  BenchProgress progress(out, false);
  EXPECT_TRUE(progress.Step("seeding", [] { return Status(); }));
  EXPECT_TRUE(out.str().starts_with("seeding … ")) << out.str();
  EXPECT_TRUE(out.str().ends_with("s\n")) << out.str();
  out.str("");
  const Status failed = progress.Step("seeding", []() -> Status { return Fail(ErrorCode::kInternal, "no room"); });
  EXPECT_FALSE(failed);
  EXPECT_EQ(out.str(), "seeding … failed\n");
}

TEST(BenchHeader, NamesWhatIsMeasuredAndWhere) {
  record::Campaign campaign;
  campaign.git_sha = "0123456789abcdef0123456789abcdef01234567";
  campaign.git_branch = "main";
  campaign.git_dirty = true;
  campaign.seed = 42;
  campaign.dataset = "bench_events";
  campaign.server = "PostgreSQL 15.14, fsync = on";
  campaign.host = {"vm-1", "6.1", "Example CPU", 2, 8'201'000'000};
  campaign.id = "20261124T090000-5eed";
  EXPECT_EQ(BenchHeader(campaign, 54, 7),
            "scenario load-methods, 54 cells\n"
            "server   PostgreSQL 15.14\n"
            "host     vm-1: Example CPU, 2 CPUs, 8.20 GB\n"
            "commit   0123456789 on main, with changes that are not committed\n"
            "seed     42\n"
            "goes on  with 20261124T090000-5eed after 7 finished runs (--fresh begins anew)\n");
}

}  // namespace
}  // namespace rapidbyte::cli
