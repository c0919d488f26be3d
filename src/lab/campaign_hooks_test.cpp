#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/hooks.h"
#include "lab/test_campaign.h"

namespace rapidbyte::lab {
namespace {

using record::Outcome;
using record::Sample;

using CampaignHooks = CampaignRunner;

// As a hook that is a line for a shell fails.
Status FailingHook() {
  const HookRunner hooks({.setup = "", .prepare = "echo no room; exit 7", .conclude = "", .cleanup = ""}, {}, "sh",
                         nullptr);
  return hooks.Prepare();
}

TEST_F(CampaignHooks, AFailingHookFailsTheRunsOfItsCellAndTheRestGoesOn) {
  for (Status FakeSubject::*hook : {&FakeSubject::set_up, &FakeSubject::prepared, &FakeSubject::concluded}) {
    subjects_[0]->*hook = FailingHook();
    const auto outcome = Run();
    subjects_[0]->*hook = {};
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->samples, 8u);
    EXPECT_EQ(outcome->failures, 4u);
    ASSERT_TRUE(outcome->error);
    EXPECT_EQ(outcome->error->code, ErrorCode::kConfiguration);
    EXPECT_THAT(outcome->error->message, testing::HasSubstr("no room"));
    for (const Sample& sample : sink_.samples) {
      const bool failed = record::ModeOf(sample.cell) == "slow";
      EXPECT_EQ(sample.outcome, failed ? Outcome::kFailed : Outcome::kOk);
      EXPECT_EQ(sample.error.find("exit code 7") != std::string::npos, failed) << sample.error;
    }
    sink_.samples.clear();
  }
}

TEST_F(CampaignHooks, NoRunStartsAfterAFailingSetUpOrPreparation) {
  subjects_[0]->cleans_up = true;
  for (Status FakeSubject::*hook : {&FakeSubject::set_up, &FakeSubject::prepared}) {
    journal_.clear();
    subjects_[0]->*hook = FailingHook();
    ASSERT_TRUE(Run());
    subjects_[0]->*hook = {};
    EXPECT_THAT(journal_, testing::Not(testing::Contains("run slow")));
    EXPECT_THAT(journal_, testing::Contains("run fast"));
    EXPECT_EQ(journal_.back(), "clean up slow");
  }
}

TEST_F(CampaignHooks, WhatFailedFirstIsToldBeforeAHookThatFailsAfterIt) {
  cells_.pop_back();
  subjects_[0]->concluded = FailingHook();
  on_run_ = [](const Command&, SubprocessResult& result) { result.exit_code = 14; };
  const auto outcome = Run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->error->code, ErrorCode::kDestination);
  EXPECT_EQ(sink_.samples[0].exit_code, 14);
}

TEST_F(CampaignHooks, AFailingHookEndsACampaignThatIsToldSo) {
  plan_.ends_with_hook = true;
  for (Status FakeSubject::*hook : {&FakeSubject::set_up, &FakeSubject::prepared, &FakeSubject::concluded}) {
    subjects_[0]->*hook = FailingHook();
    const auto outcome = Run();
    subjects_[0]->*hook = {};
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kConfiguration);
  }
}

TEST_F(CampaignHooks, AFailingCleanupIsToldAndAllOthersAreCleanedUp) {
  for (FakeSubject* subject : subjects_) subject->cleans_up = true;
  subjects_[0]->cleaned_up = FailingHook();
  const auto outcome = Run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->failures, 0u);
  EXPECT_FALSE(outcome->error);
  ASSERT_TRUE(outcome->cleanup);
  EXPECT_THAT(outcome->cleanup->message, testing::HasSubstr("no room"));
  EXPECT_EQ(journal_.back(), "clean up fast");
}

}  // namespace
}  // namespace rapidbyte::lab
