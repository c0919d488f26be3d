#include "cli/bench_setup.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lab/subprocess.h"
#include "record/cell_key.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

bool NeedsCompiling(const scenario::Scenario& scenario, const std::vector<scenario::PlannedCell>& cells) {
  return std::any_of(cells.begin(), cells.end(), [&](const scenario::PlannedCell& cell) {
    const bool is_native = record::ParameterOf(cell.key, "runtime") == "native";
    return scenario.subjects[cell.subject].is_pipeline() && !is_native;
  });
}

// So that no run has to, and a compiler that fails is told once.
Status CompileConnectors(const std::vector<Build>& builds, const lab::Interrupt& interrupt) {
  for (const Build& build : builds) {
    lab::Command command;
    command.argv = {build.executable.string(), "compile"};
    RB_ASSIGN(const lab::SubprocessResult run, lab::RunSubprocess(command, {.interrupt = &interrupt}));
    if (run.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (run.exit_code != 0) {
      return Fail(ErrorCode::kConnector, "cannot compile the connectors: " + lab::LastLine(run));
    }
  }
  return {};
}

}  // namespace

fs::path OwnExecutable() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored);
}

Build OwnBuild() {
  std::error_code ignored;
  return {"", OwnExecutable(), fs::current_path(ignored)};
}

Result<std::unique_ptr<lab::ScenarioSetup>> SetUpScenario(const scenario::Scenario& scenario,
                                                          const std::vector<scenario::PlannedCell>& cells,
                                                          const std::vector<Build>& builds,
                                                          const lab::Interrupt& interrupt, BenchProgress& progress) {
  lab::SetupOptions options;
  options.interrupt = &interrupt;
  options.step = [&](const std::string& what, const std::function<Status()>& part) {
    return progress.Step(what, part);
  };
  RB_ASSIGN(auto setup, lab::ScenarioSetup::Make(scenario, cells, options));
  if (NeedsCompiling(scenario, cells)) {
    RB_TRY(progress.Step("compiling the connectors", [&] { return CompileConnectors(builds, interrupt); }));
  }
  return setup;
}

Result<std::vector<lab::Cell>> MakeCells(const std::vector<scenario::PlannedCell>& cells,
                                         const std::vector<Build>& builds, lab::ScenarioSetup& setup) {
  std::vector<lab::Cell> all;
  for (const Build& build : builds) {
    RB_ASSIGN(std::vector<lab::Cell> made, setup.MakeCells(cells, {build.executable, build.worktree}));
    for (lab::Cell& cell : made) {
      cell.build = build.git_sha;
      all.push_back(std::move(cell));
    }
  }
  return all;
}

}  // namespace rapidbyte::cli
