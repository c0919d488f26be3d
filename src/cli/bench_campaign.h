// One campaign of one scenario, from the plan to the stored samples: what `bench run`, `compare --measure` and `bisect`
// have in common.
//
// A campaign that a killed process left unfinished is gone on with, unless the caller says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/bench_profile.h"
#include "cli/bench_progress.h"
#include "cli/bench_setup.h"
#include "lab/campaign_runner.h"
#include "lab/commit_build.h"
#include "lab/interrupt.h"
#include "record/campaign.h"
#include "scenario/matrix.h"
#include "scenario/scenario.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {

// What a campaign that is told to stop when decided is decided by.
struct StopCriterion {
  std::string metric;               // empty: the scenario's primary one
  std::optional<double> threshold;  // nothing: the metric's own
};

struct CampaignRequest {
  scenario::Scenario scenario;  // with the overrides in it
  std::vector<scenario::PlannedCell> cells;
  std::vector<Build> builds;     // empty: this program, as it is
  std::optional<uint64_t> seed;  // nothing: a random one
  bool fresh = false;            // never go on with an unfinished one
  // What the campaign, told to stop when decided, may spend of each level of stats::Criteria: less than all where it is
  // one of several that must all be right.
  double level_share = 1;
  StopCriterion criterion = {};  // the campaign's own question; later comparisons ask what the scenario asks
  std::optional<ProfileRequest> profile = {};  // one more run of each cell, after the measured ones
  lab::BuildRecipe recipe = {};                // of `builds`
};

struct CampaignResult {
  record::Campaign campaign;
  lab::CampaignOutcome outcome;
  std::vector<record::Sample> samples;  // by block and position
  std::vector<CellProfile> profiles = {};
};

// The parameters of the cells in their order, for reports.
std::vector<std::string> ParametersOf(const std::vector<scenario::PlannedCell>& cells);

// Errors: those that end a campaign; its samples so far are in the store.
Result<CampaignResult> RunCampaign(const CampaignRequest& request, store::SampleStore& store,
                                   const lab::Interrupt& interrupt, BenchProgress& progress);

}  // namespace rapidbyte::cli
