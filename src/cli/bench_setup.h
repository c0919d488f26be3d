// What the cells of a scenario need before any of their runs, measured or profiled: the programs, their compiled
// connectors, the server and the datasets.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/bench_progress.h"
#include "lab/interrupt.h"
#include "lab/scenario_setup.h"
#include "lab/subject.h"
#include "scenario/matrix.h"
#include "scenario/scenario.h"

namespace rapidbyte::cli {

// A program that is measured, alone or beside others.
struct Build {
  std::string git_sha;
  std::filesystem::path executable;
  std::filesystem::path worktree;  // the sources that it was built from
};

// This program's file.
std::filesystem::path OwnExecutable();

// This program, as it is, in the folder that it was started in.
Build OwnBuild();

// Brings up the server, seeds, and compiles the connectors of every build. `scenario` and `interrupt` must outlive what
// is returned. Errors: those of ScenarioSetup, and kConnector.
Result<std::unique_ptr<lab::ScenarioSetup>> SetUpScenario(const scenario::Scenario& scenario,
                                                          const std::vector<scenario::PlannedCell>& cells,
                                                          const std::vector<Build>& builds,
                                                          const lab::Interrupt& interrupt, BenchProgress& progress);

// The cells of every build, those of the first build first.
Result<std::vector<lab::Cell>> MakeCells(const std::vector<scenario::PlannedCell>& cells,
                                         const std::vector<Build>& builds, lab::ScenarioSetup& setup);

}  // namespace rapidbyte::cli
