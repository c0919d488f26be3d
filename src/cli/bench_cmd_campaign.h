// One campaign of `bench cmd`: its commands in shuffled blocks, every sample kept at once, until there are enough.
//
// Without --until-decided the campaign ends by the clock. In a comparison of two that is no look at the result: which
// of a block's two times belongs to which command does not change when it ends, so the test is as exact as with a
// number of blocks fixed beforehand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/bench_cmd_options.h"
#include "cli/bench_cmd_plan.h"
#include "lab/campaign_runner.h"
#include "record/campaign.h"
#include "report/command_analysis.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {

struct MeasuredCommands {
  record::Campaign campaign;
  std::vector<record::Sample> samples;
  std::optional<lab::ShellCost> shell_cost;
  bool interrupted = false;
  std::optional<Error> lost;     // why the store took no more, which ended the campaign
  std::optional<Error> cleanup;  // what kept a command from being cleaned up
};

// Which things the report is to answer for.
report::CommandQuestion QuestionOf(const CommandPlan& plan, const record::Campaign& campaign,
                                   const std::vector<record::Sample>& samples);

// `store` may be null: nothing is kept. Errors: kConfiguration for what cannot be started, for a hook other than
// `cleanup` that fails, and for a command that fails where that is not accepted; kData for a metric that is not found.
Result<MeasuredCommands> MeasureCommands(const CommandPlan& plan, const BenchCmdOptions& options,
                                         store::SampleStore* store, const lab::Interrupt& interrupt,
                                         lab::CampaignListener& listener);

}  // namespace rapidbyte::cli
