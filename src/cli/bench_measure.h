// Measures commits side by side: builds each, then runs them in one campaign, block by block in turns, so that whatever
// changes on the machine meets all of them.
//
// What `bench compare --measure` and `bench bisect` have in common. The samples are in the store under their commits,
// where a later comparison finds them as pairs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/bench_campaign.h"
#include "cli/bench_progress.h"
#include "cli/bench_scenarios.h"
#include "cli/options.h"
#include "lab/commit_build.h"
#include "lab/git_repository.h"
#include "lab/interrupt.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {

// How commits are built, and what of them is measured.
struct MeasureOptions {
  std::filesystem::path repository = ".";
  lab::BuildRecipe recipe;
  std::filesystem::path cache = "target/bench_builds";
  std::filesystem::path scenario;  // empty: `command`, or else the built-in scenario
  std::string command;             // {binary} is the commit's program, {worktree} its tree
  scenario::Overrides overrides;   // with `iterations`: so many blocks; else until decided
  std::string dsn;
  std::optional<uint32_t> max_blocks;
  std::string max_time;  // as 10m
  std::optional<double> timeout_secs;
  std::optional<uint64_t> seed;
  bool fresh = false;
  bool profile = false;  // profiled runs of every cell as well, after the measured ones
  ProfileRequest profile_request;
};

// The same without --scenario, --rows and --filter, which a subcommand may have itself.
void AddBuildOptions(Command command, MeasureOptions& options);
// As the commits of a campaign were built; the defaults where it says nothing.
MeasureOptions RecipeOf(const record::Campaign& campaign);

// --build, --binary, --scenario, --cmd and what `bench run` has too: --rows, --axis, --filter, --iters, --warmup,
// --max-blocks, --max-time, --dsn, --timeout, --seed, --fresh. Not for a subcommand that has any of them itself.
void AddMeasureOptions(Command command, MeasureOptions& options);

// The one scenario that the options mean, with all that they say in it. Errors: as PlanScenarios; kUsage for a folder
// of several, and for texts that cannot be read.
Result<PlannedScenario> PlanMeasurement(const MeasureOptions& options);

// Resolves the names, refuses two of one commit, and builds; in the order of `refs`. Errors: as GitRepository::Resolve
// and BuildCommit; the first that is wrong.
Result<std::vector<Build>> BuildCommits(const std::vector<std::string>& refs, const MeasureOptions& options,
                                        const lab::Interrupt& interrupt, BenchProgress& progress);

// The store of a command line, with results.jsonl beside it; tells its warnings on stderr. Errors: as
// SampleStore::Open.
Result<store::SampleStore> OpenStoreForMeasuring(const std::string& store);

// All of it. `refs`: two or more, the first is what the others compare to. Errors: as the two above and RunCampaign.
// The campaign's settings have the shas as "builds"; CampaignOutcome::interrupted after Ctrl-C.
Result<CampaignResult> MeasureCommits(const std::vector<std::string>& refs, const MeasureOptions& options,
                                      store::SampleStore& store, const lab::Interrupt& interrupt,
                                      BenchProgress& progress);

}  // namespace rapidbyte::cli
