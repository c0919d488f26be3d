#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "lab/block_plan.h"
#include "lab/test_campaign.h"

namespace rapidbyte::lab {
namespace {

using record::Outcome;
using record::Sample;
using testing::ElementsAre;

TEST_F(CampaignRunner, EveryCellOnceInEveryBlockInThePlannedOrder) {
  const auto outcome = Run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->samples, 8u);
  EXPECT_EQ(outcome->failures, 0u);
  EXPECT_FALSE(outcome->interrupted);
  EXPECT_FALSE(outcome->error);
  const auto plan = PlanBlocks(5, 4, 2);
  for (size_t i = 0; i < 8; ++i) {
    const Sample& sample = sink_.samples.at(i);
    EXPECT_EQ(sample.block, i / 2);
    EXPECT_EQ(sample.position, i % 2);
    EXPECT_EQ(sample.cell, cells_[plan[i / 2][i % 2]].key);
    EXPECT_EQ(sample.warmup, i < 2);
    EXPECT_EQ(sample.campaign_id, "c");
    EXPECT_EQ(sample.timestamp, "run " + std::to_string(i + 1)) << "taken before the run";
    EXPECT_EQ(sample.outcome, Outcome::kOk);
    EXPECT_EQ(sample.wall_secs, record::ModeOf(sample.cell) == "slow" ? 4 : 1);
    EXPECT_EQ(sample.run, nlohmann::json({{"records_written", 5}}));
  }
}

TEST_F(CampaignRunner, ASampleIsKeptBeforeTheNextRunStarts) {
  plan_.blocks = 0;
  cells_.pop_back();
  plan_.warmup_blocks = 2;
  ASSERT_TRUE(Run());
  EXPECT_THAT(journal_, ElementsAre("prepare slow", "run slow", "verify slow", "keep slow",  //
                                    "prepare slow", "run slow", "verify slow", "keep slow"));
}

TEST_F(CampaignRunner, TheSeedDecidesTheOrder) {
  plan_.blocks = 20;
  ASSERT_TRUE(Run());
  const auto first = Modes();
  sink_.samples.clear();
  ASSERT_TRUE(Run());
  EXPECT_EQ(Modes(), first);
  sink_.samples.clear();
  plan_.seed = 6;
  ASSERT_TRUE(Run());
  EXPECT_NE(Modes(), first);
}

TEST_F(CampaignRunner, AFailedRunIsASampleAndTheRestGoesOn) {
  on_run_ = [](const Command& command, SubprocessResult& result) {
    if (command.argv[0] != "fast") return;
    result.exit_code = 14;
    result.out.clear();
    result.err = "starting\nerror: the disk of the server is full\n";
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->samples, 8u);
  EXPECT_EQ(outcome->failures, 4u);
  ASSERT_TRUE(outcome->error);
  EXPECT_EQ(outcome->error->code, ErrorCode::kDestination);
  for (const Sample& sample : sink_.samples) {
    EXPECT_EQ(sample.outcome, record::ModeOf(sample.cell) == "fast" ? Outcome::kFailed : Outcome::kOk);
    const char* error = "exit code 14:\nstarting\nerror: the disk of the server is full";
    EXPECT_EQ(sample.error, record::ModeOf(sample.cell) == "fast" ? error : "");
    EXPECT_EQ(sample.exit_code, record::ModeOf(sample.cell) == "fast" ? 14 : 0);
  }
}

TEST_F(CampaignRunner, ACrashATimeoutAndAMissingLineAreFailures) {
  cells_.pop_back();
  plan_.warmup_blocks = 0;
  on_run_ = [this](const Command&, SubprocessResult& result) {
    if (runs_ == 1)
      result.signal = 11, result.exit_code = 139, result.out = "first words\n", result.err = "last words\n";
    if (runs_ == 2) result.timed_out = true, result.signal = 9, result.exit_code = 137, result.out = "about to hang\n";
    if (runs_ == 3) result.out = "no line";
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  ASSERT_EQ(sink_.samples.size(), 3u);
  EXPECT_EQ(sink_.samples[0].outcome, Outcome::kFailed);
  EXPECT_EQ(sink_.samples[0].error, "killed by signal 11 (SIGSEGV):\nfirst words\nlast words");
  EXPECT_EQ(sink_.samples[1].outcome, Outcome::kTimeout);
  EXPECT_EQ(sink_.samples[1].error, "killed after 4 s: about to hang");
  EXPECT_EQ(sink_.samples[2].outcome, Outcome::kFailed);
  EXPECT_EQ(sink_.samples[2].error, "no line");
  EXPECT_EQ(outcome->error->code, ErrorCode::kInternal);
  EXPECT_THAT(journal_, testing::Not(testing::Contains("verify slow"))) << "nothing to verify after a failure";
}

TEST_F(CampaignRunner, AProgramThatIsNotThereFailsAndTheRestGoesOn) {
  const auto run = ports_.run;
  ports_.run = [&](const Command& command) -> Result<SubprocessResult> {
    if (command.argv[0] == "slow") return Fail(ErrorCode::kConfiguration, "cannot run slow: No such file or directory");
    return run(command);
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->samples, 8u);
  EXPECT_EQ(outcome->failures, 4u);
  EXPECT_EQ(outcome->error->code, ErrorCode::kConfiguration);
  EXPECT_THAT(outcome->error->message,
              testing::HasSubstr("load_method=slow in block 1: cannot run slow: No such file"));
}

TEST_F(CampaignRunner, BlocksOfFailuresAreCountedFromOne) {
  plan_.warmup_blocks = 0;
  on_run_ = [](const Command& command, SubprocessResult& result) {
    if (command.argv[0] == "fast") result.exit_code = 16;
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->error->message, testing::HasSubstr("load_method=fast in block 1: "));
}

TEST_F(CampaignRunner, WrongRowsDecideTheError) {
  subjects_[0]->difference = "4 rows arrived instead of 5";
  on_run_ = [](const Command& command, SubprocessResult& result) {
    result.err = "a row too long was left out";
    if (command.argv[0] == "fast") result.exit_code = 16;
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error->code, ErrorCode::kVerification);
  EXPECT_THAT(outcome->error->message, testing::AllOf(testing::HasSubstr("4 rows arrived instead of 5:\n"),
                                                      testing::HasSubstr("\na row too long was left out")));
  for (const Sample& sample : sink_.samples) {
    EXPECT_EQ(sample.outcome, record::ModeOf(sample.cell) == "slow" ? Outcome::kWrongRows : Outcome::kFailed);
  }
}

TEST_F(CampaignRunner, AnInterruptedRunIsNoSample) {
  on_run_ = [this](const Command&, SubprocessResult& result) {
    if (runs_ < 4) return;
    interrupt_.Trigger();
    result.interrupted = true;
    result.signal = 9;
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->interrupted);
  EXPECT_EQ(outcome->samples, 3u);
  EXPECT_EQ(sink_.samples.size(), 3u);
  EXPECT_EQ(runs_, 4);
}

TEST_F(CampaignRunner, AnInterruptBetweenRunsKeepsTheFinishedOne) {
  on_run_ = [this](const Command&, SubprocessResult&) { interrupt_.Trigger(); };
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->interrupted);
  EXPECT_EQ(sink_.samples.size(), 1u);
}

TEST_F(CampaignRunner, ASampleThatCannotBeKeptEndsTheCampaign) {
  sink_.room = 2;
  const auto outcome = Run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "the disk is full");
  EXPECT_EQ(runs_, 3);
}

TEST_F(CampaignRunner, NothingIsMeasuredWhereItCannotBePrepared) {
  subjects_[0]->prepared = Fail(ErrorCode::kConnection, "the server is gone");
  const auto outcome = Run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kConnection);
}

TEST_F(CampaignRunner, TellsItsListenerWhereItStandsAndWhatRemains) {
  ASSERT_TRUE(Run());
  ASSERT_EQ(listener_.started.size(), 8u);
  ASSERT_EQ(listener_.finished.size(), 8u);
  EXPECT_EQ(listener_.started[0].remaining_secs, std::nullopt);
  EXPECT_TRUE(listener_.started[1].warmup);
  EXPECT_FALSE(listener_.started[2].warmup);
  EXPECT_EQ(listener_.finished[7].block, 3u);
  EXPECT_EQ(listener_.finished[7].blocks, 4u);
  EXPECT_EQ(listener_.finished[7].position, 1u);
  EXPECT_EQ(listener_.finished[7].positions, 2u);
  // Three blocks of a slow run of 4 s and a fast one of 1 s are left after the warm-up.
  EXPECT_DOUBLE_EQ(*listener_.finished[1].remaining_secs, 15);
  EXPECT_DOUBLE_EQ(*listener_.finished[7].remaining_secs, 0);
}

TEST_F(CampaignRunner, GoesOnWhereAnEarlierProcessStopped) {
  plan_.warmup_blocks = 1;
  plan_.blocks = 3;
  Run();
  const std::vector<Sample> whole = sink_.samples;
  sink_.samples.clear();
  for (size_t i = 0; i < 5; ++i) plan_.done.insert({whole[i].block, whole[i].position});
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  ASSERT_EQ(sink_.samples.size(), whole.size() - 5) << "nothing twice, nothing left out, the warm-up not kept again";
  for (size_t i = 5; i < whole.size(); ++i) {
    EXPECT_EQ(sink_.samples[i - 5].block, whole[i].block);
    EXPECT_EQ(sink_.samples[i - 5].position, whole[i].position);
    EXPECT_EQ(sink_.samples[i - 5].cell, whole[i].cell);
  }
}

TEST_F(CampaignRunner, WhatFailedBeforeCountsForTheOutcome) {
  Sample failed;
  failed.cell = cells_[0].key;
  failed.outcome = Outcome::kWrongRows;
  plan_.done.insert({plan_.warmup_blocks, 0});
  plan_.earlier_failures.push_back(failed);
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->failures, 1u);
  ASSERT_TRUE(outcome->error);
  EXPECT_EQ(outcome->error->code, ErrorCode::kVerification);
}

TEST_F(CampaignRunner, EndsWhenItIsToldThatItIsEnough) {
  plan_.warmup_blocks = 1;
  plan_.blocks = 50;
  std::vector<uint32_t> asked;
  plan_.enough = [&](uint32_t blocks) -> Result<bool> {
    asked.push_back(blocks);
    return blocks == 3;
  };
  const auto outcome = Run();
  ASSERT_TRUE(outcome);
  EXPECT_THAT(asked, ElementsAre(1, 2, 3));
  EXPECT_EQ(outcome->blocks, 3u);
  EXPECT_EQ(sink_.samples.size(), 4 * cells_.size());
}

}  // namespace
}  // namespace rapidbyte::lab
