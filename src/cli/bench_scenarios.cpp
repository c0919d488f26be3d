#include "cli/bench_scenarios.h"

#include <nlohmann/json.hpp>

#include "yaml/substitution.h"

namespace rapidbyte::cli {
namespace {

constexpr const char* kBuiltIn = R"(version: 1
scenario: load-methods
description: INSERT against COPY
dataset: {name: bench_events, rows: 100000}
subject: {pipeline: default}
axes:
  load_method: [insert, copy]
  compression: none
  runtime: aot
timeout: 600s
)";

// JSON is YAML.
std::string CommandScenario(const std::string& command) {
  return nlohmann::json{{"version", 1}, {"scenario", command}, {"subject", {{"command", command}}}}.dump();
}

Result<std::vector<scenario::Scenario>> Load(const std::filesystem::path& path, const std::string& command) {
  if (!path.empty() && !command.empty()) return Fail(ErrorCode::kUsage, "a scenario and a command: name one of them");
  std::vector<scenario::Scenario> scenarios;
  if (path.empty()) {
    const bool is_built_in = command.empty();
    RB_ASSIGN(scenario::Scenario scenario,
              scenario::ParseScenario(is_built_in ? kBuiltIn : CommandScenario(command),
                                      is_built_in ? "built-in scenario" : "--cmd", yaml::ProcessEnvironment()));
    scenarios.push_back(std::move(scenario));
    return scenarios;
  }
  RB_ASSIGN(const std::vector<std::filesystem::path> files, scenario::ScenarioFiles(path));
  for (const std::filesystem::path& file : files) {
    RB_ASSIGN(scenario::Scenario loaded, scenario::LoadScenario(file, yaml::ProcessEnvironment()));
    scenarios.push_back(std::move(loaded));
  }
  return scenarios;
}

}  // namespace

Result<std::vector<PlannedScenario>> PlanScenarios(const ScenarioOptions& options) {
  RB_ASSIGN(const std::vector<scenario::Scenario> scenarios, Load(options.path, options.command));
  std::vector<PlannedScenario> planned;
  for (const scenario::Scenario& given : scenarios) {
    PlannedScenario plan;
    RB_ASSIGN(plan.cells, scenario::ExpandMatrix(given, options.overrides));
    RB_ASSIGN(plan.scenario, scenario::ApplyOverrides(given, options.overrides));
    if (!options.dsn.empty()) {
      plan.scenario.environment = {scenario::EnvironmentSpec::Kind::kServer, options.dsn, {}};
    }
    if (options.until_decided) plan.scenario.until_decided = options.until_decided;
    if (options.timeout_secs) plan.scenario.timeout_secs = *options.timeout_secs;
    planned.push_back(std::move(plan));
  }
  return planned;
}

}  // namespace rapidbyte::cli
