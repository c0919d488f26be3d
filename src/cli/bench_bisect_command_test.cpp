#include "cli/bench_bisect_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "analysis/campaign_rules.h"
#include "lab/test_repository.h"

namespace rapidbyte::cli {
namespace {

using report::BisectOutcome;
using report::BisectReport;
using testing::HasSubstr;
using testing::SizeIs;

class BisectTest : public testing::Test {
 protected:
  BisectTest() : store_(*store::SampleStore::Open(files_.outside() / "r.db", files_.outside() / "r.jsonl")) {
    options_.good = "good";
    options_.bad = "HEAD";
    options_.measure.repository = files_.path();
    options_.measure.recipe = {"sh build.sh", "out/prog"};
    options_.measure.cache = files_.outside() / "builds";
    options_.measure.scenario = files_.WriteScenario();
    files_.WriteProgram("10");
    files_.Commit("begin");
    files_.Git({"tag", "good"});
  }

  void CommitUnrelated(const std::string& subject) {
    files_.Write("notes", subject);
    files_.Commit(subject);
  }

  Result<BisectReport> Search() {
    BenchProgress progress(log_, false);
    return Bisect(options_, store_, interrupt_, progress, log_);
  }

  lab::TestRepository files_;
  store::SampleStore store_;
  lab::Interrupt interrupt_;
  std::ostringstream log_;
  BenchBisectOptions options_;
};

TEST_F(BisectTest, NamesTheCommitAndSkipsOneThatDoesNotBuild) {
  CommitUnrelated("one");
  files_.Write("build.sh", "echo syntax error\nexit 1\n");
  files_.Commit("does not build");
  files_.WriteProgram("10");
  files_.Commit("builds again");
  files_.WriteProgram("11");
  const std::string culprit = files_.Commit("one more pass");
  CommitUnrelated("two");
  const auto report = Search();
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->outcome, BisectOutcome::kFound) << log_.str();
  ASSERT_THAT(report->suspects, SizeIs(1));
  EXPECT_EQ(report->suspects[0].sha, culprit);
  EXPECT_EQ(report->commits, 5u);
  ASSERT_TRUE(report->change && report->change->ratio);
  EXPECT_NEAR(report->change->ratio->estimate, 1.1, 1e-9);
  EXPECT_LT(report->change->criteria.alpha, 0.05) << "each campaign has its share";
  EXPECT_THAT(report::BisectText(*report), HasSubstr("one more pass"));
}

TEST_F(BisectTest, TheScenarioAsksWhatItAskedBefore) {
  CommitUnrelated("one");
  files_.WriteProgram("20");
  files_.Commit("twice the work");
  CommitUnrelated("two");
  options_.metric = "cost";
  const auto report = Search();
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->outcome, BisectOutcome::kFound) << log_.str();
  EXPECT_GT(report->step_threshold, 0.4);
  options_.metric = "max_rss";
  options_.threshold = "50%";
  ASSERT_TRUE(Search());
  const auto campaigns = store_.Campaigns();
  ASSERT_TRUE(campaigns);
  EXPECT_GE(campaigns->size(), 4u);
  for (const record::Campaign& campaign : *campaigns) {
    EXPECT_EQ(analysis::PrimaryRule(campaign).name, "cost");
    EXPECT_EQ(analysis::PrimaryRule(campaign).threshold, analysis::PrimaryRule(campaigns->front()).threshold);
    EXPECT_LT(analysis::PrimaryRule(campaign).threshold, 0.1);
  }
}

TEST_F(BisectTest, TwoCommitsThatDoNotDifferAreNoSearch) {
  CommitUnrelated("one");
  const auto report = Search();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, BisectOutcome::kNoRegression);
  EXPECT_THAT(report->steps, SizeIs(1));
}

TEST_F(BisectTest, EndsThatAreUndecidedAreNotCalledEqual) {
  files_.WriteProgram("20");
  files_.Commit("slow");
  options_.measure.max_blocks = 6;  // too few for any verdict
  const auto report = Search();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, BisectOutcome::kUndecided);
  EXPECT_THAT(report::BisectText(*report), testing::ContainsRegex("could not be.decided in 6 blocks"));
}

TEST_F(BisectTest, ACommitWhoseRunsFailIsSkippedAndStaysASuspect) {
  files_.Write("prog.sh", "#!/bin/sh\nexit 1\n");
  files_.Commit("fails");
  files_.WriteProgram("11");
  files_.Commit("slow");
  const auto report = Search();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, BisectOutcome::kSeveralSuspects);
  EXPECT_THAT(report->suspects, SizeIs(2));
  EXPECT_LT(store_.Samples(store_.Campaigns()->front().id)->size(), 12u) << "three failures are enough";
  EXPECT_TRUE(
      std::any_of(report->steps.begin(), report->steps.end(), [](const auto& step) { return step.role == "skipped"; }));
}

TEST_F(BisectTest, WhatCannotBeIsToldFirst) {
  CommitUnrelated("one");
  options_.metric = "wal";
  EXPECT_THAT(Search().error().hint, HasSubstr("did you mean \"wall\"?"));
  options_.metric = "user";
  options_.threshold = "three";
  EXPECT_THAT(Search().error().message, HasSubstr("--threshold"));
  options_.threshold = "3%";
  std::swap(options_.good, options_.bad);
  EXPECT_THAT(Search().error().message, HasSubstr("is no ancestor of"));
  EXPECT_EQ(log_.str(), "");
}

}  // namespace
}  // namespace rapidbyte::cli
