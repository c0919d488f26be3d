#include "cli/bench_profile_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "base/json.h"
#include "base/printable.h"
#include "cli/bench_measure.h"
#include "cli/bench_progress.h"
#include "cli/bench_scenarios.h"
#include "cli/bench_setup.h"
#include "cli/command.h"
#include "lab/fingerprint.h"
#include "lab/interrupt.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {
namespace {

constexpr double kMostHz = 10'000;
constexpr uint64_t kFewSamples = 100;  // a frame of 5% is seen five times, give or take two

Status ProfileScenario(const PlannedScenario& planned, const std::vector<Build>& builds, const ProfileRequest& request,
                       const lab::Interrupt& interrupt, BenchProgress& progress) {
  RB_ASSIGN(const auto setup, SetUpScenario(planned.scenario, planned.cells, builds, interrupt, progress));
  const auto profiles = [&]() -> Result<std::vector<CellProfile>> {
    RB_ASSIGN(const std::vector<lab::Cell> cells, MakeCells(planned.cells, builds, *setup));
    return ProfileCells(cells, planned.scenario, request, *setup, interrupt, progress);
  }();
  if (const Status clean = setup->TearDown(); !clean) PrintWarning(clean.error().message);
  if (!profiles) return Fail(profiles.error());
  for (const CellProfile& profile : *profiles) {
    std::cout << Printable(profile.picture.string()) << '\n';
    if (profile.running_samples < kFewSamples && request.frequency_hz < kMostHz) {
      std::cerr << fmt::format("  has {} samples of running code only: --frequency {:.0f} takes more\n",
                               profile.running_samples, kMostHz);
    }
  }
  return {};
}

Result<record::Campaign> FindRun(store::SampleStore& store, const std::string& id) {
  RB_ASSIGN(auto campaign, store.FindCampaign(id));
  if (campaign) return *std::move(campaign);
  return Fail(ErrorCode::kUsage, "there is no run " + id + " in " + store.name(),
              "bench import takes in the lines of another store");
}

// Those that were measured: a filter may have kept more of the scenario out.
Result<PlannedScenario> PlanRun(const record::Campaign& campaign, store::SampleStore& store,
                                const BenchProfileOptions& options) {
  RB_ASSIGN(PlannedScenario planned, PlanAgain(campaign, options.overrides.filters, options.dsn));
  RB_ASSIGN(const std::vector<record::Sample> samples, store.Samples(campaign.id));
  std::set<record::CellKey> measured;
  for (const record::Sample& sample : samples) measured.insert(sample.cell);
  std::erase_if(planned.cells, [&](const scenario::PlannedCell& cell) { return !measured.contains(cell.key); });
  if (!planned.cells.empty()) return planned;
  return Fail(ErrorCode::kUsage, "no cell of " + ScenarioFileOf(campaign) + " was measured by " + campaign.id);
}

// The programs that a campaign measured: its builds, or this one where it is of the same commit.
Result<std::vector<Build>> BuildsOf(const record::Campaign& campaign, const lab::Interrupt& interrupt,
                                    BenchProgress& progress) {
  const MeasureOptions recipe = RecipeOf(campaign);
  const auto shas = JsonTexts(campaign.settings, "builds");
  if (!shas.empty()) return BuildCommits(shas, recipe, interrupt, progress);
  std::error_code ignored;
  if (lab::ReadGitState(std::filesystem::current_path(ignored)).sha == campaign.git_sha) return std::vector{OwnBuild()};
  if (campaign.git_dirty) {
    return Fail(ErrorCode::kUsage, campaign.id + " measured changes of " + campaign.git_sha + " that no commit has");
  }
  RB_ASSIGN(std::vector<Build> builds, BuildCommits({campaign.git_sha}, recipe, interrupt, progress));
  builds.front().git_sha.clear();  // as the samples have it
  return builds;
}

Status ProfileRun(const BenchProfileOptions& options, ProfileRequest request, const lab::Interrupt& interrupt,
                  BenchProgress& progress) {
  const bool says_more = !options.path.empty() || !options.mode.empty() || options.overrides.rows.has_value() ||
                         !options.overrides.axes.empty();
  if (says_more) return Fail(ErrorCode::kUsage, "--of says which cells; --filter chooses among them");
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  RB_ASSIGN(const record::Campaign campaign, FindRun(store, options.of));
  RB_ASSIGN(const PlannedScenario planned, PlanRun(campaign, store, options));
  RB_ASSIGN(const std::vector<Build> builds, BuildsOf(campaign, interrupt, progress));
  request.campaign = campaign.id;
  request.commit = campaign.git_sha;
  return ProfileScenario(planned, builds, request, interrupt, progress);
}

Status ProfileScenarios(const BenchProfileOptions& options, const ProfileRequest& request,
                        const lab::Interrupt& interrupt, BenchProgress& progress) {
  ScenarioOptions scenario_options{options.path, options.overrides, options.dsn, std::nullopt, std::nullopt};
  if (!options.mode.empty()) scenario_options.overrides.axes.push_back("load_method=" + options.mode);
  RB_ASSIGN(const std::vector<PlannedScenario> scenarios, PlanScenarios(scenario_options));
  for (const PlannedScenario& planned : scenarios) {
    RB_TRY(ProfileScenario(planned, {OwnBuild()}, request, interrupt, progress));
  }
  return {};
}

}  // namespace

Command AddBenchProfile(Command bench, BenchProfileOptions& options) {
  return bench.AddCommand("profile", "Draw where the time of a scenario's cells goes", [&options](Command profile) {
    profile.Add("PATH", options.path, "a scenario file or a folder of them; none: INSERT against COPY");
    profile.Add("--rows", options.overrides.rows, "sizes of the dataset: \"1000 10000\"");
    profile.Add("--mode", options.mode, "insert or copy; both if not given");
    profile.Add("--axis", options.overrides.axes, "KEY=a,b or KEY=1..9:2; replaces an axis or adds one");
    profile.Add("--filter", options.overrides.filters, "KEY=a,b or KEY!=a: cells to keep");
    profile.Add("--of", options.of, "instead: the cells of this run in the store, with its programs");
    profile.Add("--store", options.store, "of --of: a file, or postgresql://…").ShowDefault();
    profile.Add("--dsn", options.dsn, "an existing server, instead of the scenario's");
    profile.Add("--runs", options.request.runs, "of each cell; three of each side tell noise from change")
        .In(1u, 1000u)
        .ShowDefault();
    profile.Add("--frequency", options.request.frequency_hz, "samples a second and thread, at most")
        .In(1.0, kMostHz)
        .ShowDefault();
    profile.AddFlag("--on-cpu", options.on_cpu_only, "leave out where threads wait");
    profile.AddFlag("--postgres", options.request.server, "the server's backends too");
    profile.Add("--output", options.request.folder, "the folder of the pictures and profiles").ShowDefault();
  });
}

int RunBenchProfile(const BenchProfileOptions& options) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  ProfileRequest request = options.request;
  request.off_cpu = !options.on_cpu_only;
  BenchProgress progress(std::cerr, isatty(STDERR_FILENO) == 1);
  const Status done = options.of.empty() ? ProfileScenarios(options, request, interrupt, progress)
                                         : ProfileRun(options, request, interrupt, progress);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
