#include "cli/bench_profile_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/bench_progress.h"
#include "cli/bench_scenarios.h"
#include "cli/bench_setup.h"
#include "cli/command.h"
#include "lab/interrupt.h"

namespace rapidbyte::cli {
namespace {

Status ProfileScenario(const PlannedScenario& planned, const ProfileRequest& request, const lab::Interrupt& interrupt) {
  BenchProgress progress(std::cerr, isatty(STDERR_FILENO) == 1);
  const std::vector<Build> builds = {OwnBuild()};
  RB_ASSIGN(const auto setup, SetUpScenario(planned.scenario, planned.cells, builds, interrupt, progress));
  const auto profiles = [&]() -> Result<std::vector<CellProfile>> {
    RB_ASSIGN(const std::vector<lab::Cell> cells, MakeCells(planned.cells, builds, *setup));
    return ProfileCells(cells, planned.scenario, request, *setup, interrupt, progress);
  }();
  if (const Status clean = setup->TearDown(); !clean) std::cerr << "warning: " << clean.error().message << '\n';
  if (!profiles) return Fail(profiles.error());
  for (const CellProfile& profile : *profiles) std::cout << profile.picture.string() << '\n';
  return {};
}

}  // namespace

CLI::App* AddBenchProfile(CLI::App& bench, BenchProfileOptions& options) {
  CLI::App* profile = bench.add_subcommand("profile", "Draw where the time of a scenario's cells goes");
  profile->add_option("PATH", options.path, "a scenario file or a folder of them; none: INSERT against COPY");
  profile->add_option("--rows", options.overrides.rows, "sizes of the dataset: \"1000 10000\"");
  profile->add_option("--mode", options.mode, "insert or copy; both if not given");
  profile->add_option("--axis", options.overrides.axes, "KEY=a,b or KEY=1..9:2; replaces an axis or adds one");
  profile->add_option("--filter", options.overrides.filters, "KEY=a,b or KEY!=a: cells to keep");
  profile->add_option("--dsn", options.dsn, "an existing server, instead of the scenario's");
  profile->add_option("--runs", options.request.runs, "of each cell; three of each side tell noise from change")
      ->check(CLI::Range(1u, 1000u))
      ->capture_default_str();
  profile->add_option("--frequency", options.request.frequency_hz, "samples a second and thread, at most")
      ->check(CLI::Range(1.0, 10'000.0))
      ->capture_default_str();
  profile->add_flag("--on-cpu", options.on_cpu_only, "leave out where threads wait");
  profile->add_flag("--postgres", options.request.server, "the server's backends too");
  profile->add_option("--output", options.request.folder, "the folder of the pictures and profiles")
      ->capture_default_str();
  return profile;
}

int RunBenchProfile(const BenchProfileOptions& options) {
  ScenarioOptions scenario_options{options.path, options.overrides, options.dsn, std::nullopt, std::nullopt};
  if (!options.mode.empty()) scenario_options.overrides.axes.push_back("load_method=" + options.mode);
  const auto scenarios = PlanScenarios(scenario_options);
  if (!scenarios) return PrintError(scenarios.error());
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  ProfileRequest request = options.request;
  request.off_cpu = !options.on_cpu_only;
  for (const PlannedScenario& planned : *scenarios) {
    if (const Status done = ProfileScenario(planned, request, interrupt); !done) return PrintError(done.error());
  }
  return 0;
}

}  // namespace rapidbyte::cli
