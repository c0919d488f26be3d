// The scenarios that a command line means: a file, a folder of them, or the built-in one, with what the options say.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "scenario/matrix.h"
#include "scenario/scenario.h"

namespace rapidbyte::cli {

struct ScenarioOptions {
  std::filesystem::path path;  // empty: the built-in scenario, or `command`
  scenario::Overrides overrides;
  std::string dsn;  // instead of the scenario's environment
  std::optional<scenario::UntilDecided> until_decided;
  std::optional<double> timeout_secs;
  std::string command = {};  // the subject of a scenario without a file, which is named after it
};

struct PlannedScenario {
  scenario::Scenario scenario;  // with all that the options say in it
  std::vector<scenario::PlannedCell> cells;
};

// Errors: as LoadScenario and ExpandMatrix; the first that is wrong.
Result<std::vector<PlannedScenario>> PlanScenarios(const ScenarioOptions& options);

}  // namespace rapidbyte::cli
