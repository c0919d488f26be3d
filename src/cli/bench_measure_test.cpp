#include "cli/bench_measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "analysis/campaign_rules.h"
#include "lab/test_repository.h"

namespace rapidbyte::cli {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class MeasureCommitsTest : public testing::Test {
 protected:
  MeasureCommitsTest() : store_(*store::SampleStore::Open(files_.outside() / "r.db", files_.outside() / "r.jsonl")) {
    options_.repository = files_.path();
    options_.recipe = {"sh build.sh", "out/prog"};
    options_.cache = files_.outside() / "builds";
    options_.command = "{binary}";
  }

  Result<CampaignResult> Measure(const std::vector<std::string>& refs) {
    BenchProgress progress(log_, false);
    return MeasureCommits(refs, options_, store_, interrupt_, progress);
  }

  lab::TestRepository files_;
  store::SampleStore store_;
  lab::Interrupt interrupt_;
  std::ostringstream log_;
  MeasureOptions options_;
};

TEST_F(MeasureCommitsTest, FindsAChangeBetweenTwoCommits) {
  options_.scenario = files_.WriteScenario();
  options_.command.clear();
  files_.WriteProgram("10");
  const std::string before = files_.Commit("quick");
  files_.WriteProgram("11");
  const std::string after = files_.Commit("slow");
  const auto measured = Measure({"HEAD~1", "HEAD"});
  ASSERT_TRUE(measured) << measured.error().message;
  const auto samples = *store_.Samples(measured->campaign.id);
  EXPECT_EQ(samples.front().cell, record::CellKey());
  const auto comparison =
      analysis::CompareCampaign(measured->campaign, samples, analysis::PrimaryRule(measured->campaign));
  ASSERT_TRUE(comparison) << comparison.error().message;
  EXPECT_THAT(comparison->columns, testing::ElementsAre(before, after));
  ASSERT_THAT(comparison->cells, SizeIs(1));
  EXPECT_EQ(comparison->cells[0].decision.verdict, stats::Verdict::kRegressed);
  EXPECT_EQ(comparison->cells[0].decision.design, stats::Design::kPaired);

  log_.str("");
  options_.overrides.iterations = 1;
  ASSERT_TRUE(Measure({before, after}));
  EXPECT_THAT(log_.str(), testing::Not(HasSubstr("building"))) << "both are kept";
}

TEST_F(MeasureCommitsTest, TheWorkingTreeIsASide) {
  files_.WriteProgram("0");
  const std::string head = files_.Commit("quick");
  options_.overrides.iterations = 2;
  const auto same = Measure({"HEAD", "WORKTREE"});
  ASSERT_FALSE(same);
  EXPECT_THAT(same.error().message, HasSubstr("HEAD and WORKTREE are the same commit"));
  EXPECT_THAT(same.error().hint, HasSubstr("no uncommitted changes"));

  files_.WriteProgram("0.001");
  options_.command = "grep -q 0.001 {worktree}/prog.sh || grep -q 0 {binary}";
  const auto measured = Measure({"HEAD", "WORKTREE"});
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_FALSE(measured->outcome.error);
  EXPECT_EQ(measured->campaign.settings["builds"][0], head);
}

TEST_F(MeasureCommitsTest, WhatIsWrongIsToldBeforeAnythingIsBuilt) {
  files_.WriteProgram("0");
  files_.Commit("quick");
  EXPECT_EQ(Measure({"HEAD"}).error().code, ErrorCode::kUsage);
  EXPECT_THAT(Measure({"HEAD", "mian"}).error().hint, HasSubstr("did you mean \"main\"?"));
  options_.command = "{binry}";
  EXPECT_THAT(Measure({"HEAD", "main"}).error().message, HasSubstr("did you mean 'binary'?"));
  options_.scenario = "x.yaml";
  EXPECT_THAT(Measure({"HEAD", "main"}).error().message, HasSubstr("name one of them"));
  EXPECT_THAT(log_.str(), testing::Not(HasSubstr("building")));
}

}  // namespace
}  // namespace rapidbyte::cli
