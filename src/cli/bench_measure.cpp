#include "cli/bench_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "cli/command.h"
#include "record/cell_key.h"
#include "scenario/axis_values.h"
#include "store/migrations.h"

namespace rapidbyte::cli {
namespace {

// The scenario's own, or the defaults, with what the options say.
Result<scenario::UntilDecided> UntilDecidedOf(const MeasureOptions& options, const scenario::Scenario& scenario) {
  scenario::UntilDecided until = scenario.until_decided.value_or(scenario::UntilDecided());
  if (options.max_blocks) until.max_blocks = *options.max_blocks;
  if (options.max_time.empty()) return until;
  const auto secs = scenario::ParseDurationSecs(options.max_time);
  if (!secs) return Fail(ErrorCode::kUsage, "--max-time: expected a time as 90s, 10m or 1h");
  until.max_secs = *secs;
  return until;
}

Result<std::vector<std::string>> ResolveAll(const lab::GitRepository& repository,
                                            const std::vector<std::string>& refs) {
  std::vector<std::string> shas;
  for (const std::string& ref : refs) {
    RB_ASSIGN(const std::string sha, repository.Resolve(ref));
    const auto same = std::find(shas.begin(), shas.end(), sha);
    if (same != shas.end()) {
      const std::string& other = refs[static_cast<size_t>(same - shas.begin())];
      return Fail(ErrorCode::kUsage,
                  fmt::format("{} and {} are the same commit, {}", other, ref, record::ShortCommit(sha)),
                  ref == lab::kWorkingTree ? "there are no uncommitted changes" : "");
    }
    shas.push_back(sha);
  }
  return shas;
}

}  // namespace

void AddBuildOptions(Command command, MeasureOptions& options) {
  command.Add("--build", options.recipe.command, "what builds a commit, run by sh in its tree").ShowDefault();
  command.Add("--binary", options.recipe.product, "the program that it makes, relative to the tree").ShowDefault();
  command.Add("--cmd", options.command, "or a command: '{binary} input.txt'; {worktree} is the commit's tree");
  command.Add("--axis", options.overrides.axes, "KEY=a,b or KEY=1..9:2; replaces an axis or adds one");
  command.Add("--iters", options.overrides.iterations, "measure so many blocks; otherwise until decided")
      .In(1u, 100'000u);
  command.Add("--warmup", options.overrides.warmup, "blocks before them that do not count").In(0u, 1000u);
  command.Add("--max-blocks", options.max_blocks, "at most so many blocks (60)").In(1u, 10'000u);
  command.Add("--max-time", options.max_time, "or for so long: 90s, 10m (10m)");
  command.Add("--dsn", options.dsn, "an existing server, instead of the scenario's");
  command.Add("--timeout", options.timeout_secs, "seconds after which a run is killed").In(0.1, 1e6);
  command.AddFlag("--fresh", options.fresh, "do not go on with an unfinished run of the same plan");
  command.Add("--seed", options.seed, "decides the order of the runs; random if not given").NotNegative("UINT");
}

MeasureOptions RecipeOf(const record::Campaign& campaign) {
  MeasureOptions options;
  const nlohmann::json& recipe = JsonMember(campaign.settings, "recipe");
  options.recipe.command = JsonText(recipe, "command", options.recipe.command);
  options.recipe.product = JsonText(recipe, "product", options.recipe.product.string());
  return options;
}

void AddMeasureOptions(Command command, MeasureOptions& options) {
  command.Add("--scenario", options.scenario, "a scenario file; none: INSERT against COPY");
  command.Add("--rows", options.overrides.rows, "sizes of the dataset: \"1000 10000\"");
  command.Add("--filter", options.overrides.filters, "KEY=a,b or KEY!=a: cells to keep");
  AddBuildOptions(command, options);
}

Result<PlannedScenario> PlanMeasurement(const MeasureOptions& options) {
  const ScenarioOptions scenario_options{options.scenario, options.overrides,    options.dsn,
                                         std::nullopt,     options.timeout_secs, options.command};
  RB_ASSIGN(std::vector<PlannedScenario> planned, PlanScenarios(scenario_options));
  if (planned.size() != 1) {
    return Fail(ErrorCode::kUsage, fmt::format("{} has {} scenarios; commits are measured by one",
                                               options.scenario.string(), planned.size()));
  }
  scenario::Scenario& scenario = planned.front().scenario;
  if (options.overrides.iterations) {
    scenario.until_decided.reset();
  } else {
    RB_ASSIGN(scenario.until_decided, UntilDecidedOf(options, scenario));
  }
  return std::move(planned.front());
}

Result<std::vector<Build>> BuildCommits(const std::vector<std::string>& refs, const MeasureOptions& options,
                                        const lab::Interrupt& interrupt, BenchProgress& progress) {
  RB_ASSIGN(const lab::GitRepository repository, lab::GitRepository::Open(options.repository, &interrupt));
  RB_ASSIGN(const std::vector<std::string> shas, ResolveAll(repository, refs));
  lab::BuildSettings settings{options.recipe, options.cache, &interrupt, {}};
  settings.step = [&](const std::string& what, const std::function<Status()>& part) {
    return progress.Step(what, part);
  };
  std::vector<Build> builds;
  for (const std::string& sha : shas) {
    RB_ASSIGN(const lab::BuiltCommit built, lab::BuildCommit(repository, sha, settings));
    builds.push_back({built.sha, built.executable, built.worktree});
  }
  return builds;
}

Result<store::SampleStore> OpenStoreForMeasuring(const std::string& store) {
  const bool is_server = store::IsPostgres(store);
  const std::filesystem::path folder = is_server ? "target/bench_results" : store::SqliteFile(store).parent_path();
  RB_ASSIGN(store::SampleStore opened, store::SampleStore::Open(store, folder / "results.jsonl"));
  for (const std::string& warning : opened.warnings()) PrintWarning(warning);
  return opened;
}

Result<CampaignResult> MeasureCommits(const std::vector<std::string>& refs, const MeasureOptions& options,
                                      store::SampleStore& store, const lab::Interrupt& interrupt,
                                      BenchProgress& progress) {
  if (refs.size() < 2) return Fail(ErrorCode::kUsage, "expected two commits or more to measure side by side");
  RB_ASSIGN(PlannedScenario planned, PlanMeasurement(options));
  RB_ASSIGN(std::vector<Build> builds, BuildCommits(refs, options, interrupt, progress));
  CampaignRequest request{std::move(planned.scenario), std::move(planned.cells), std::move(builds), options.seed,
                          options.fresh};
  request.recipe = options.recipe;
  if (options.profile) request.profile = options.profile_request;
  return RunCampaign(request, store, interrupt, progress);
}

}  // namespace rapidbyte::cli
