// The scenarios that a command line means: a file, a folder of them, or the built-in one, with what the options say.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/campaign.h"
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

// Errors: as LoadScenario, ExpandMatrix and CheckPipelines; the first scenario that is wrong.
Result<std::vector<PlannedScenario>> PlanScenarios(const ScenarioOptions& options);

// The file of the scenario that a campaign measured; "built-in scenario", or "--cmd", where it came out of none. Empty
// where it measured no scenario.
std::string ScenarioFileOf(const record::Campaign& campaign);

// The cells that a campaign measured, to be run again: the scenario as its file has it now, with the axes of then.
// `dsn`: as ScenarioOptions. Errors: as PlanScenarios; kUsage where it measured no scenario, where the filters leave no
// cell of then, and for a server of the user's whose DSN is missing, for no store keeps it.
Result<PlannedScenario> PlanAgain(const record::Campaign& campaign, const std::vector<std::string>& filters,
                                  const std::string& dsn);

}  // namespace rapidbyte::cli
