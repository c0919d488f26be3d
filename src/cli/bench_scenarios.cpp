#include "cli/bench_scenarios.h"

#include "base/json.h"
#include "base/utf8.h"
#include "cli/bench_pipeline_check.h"
#include "scenario/plan.h"
#include "yaml/problems.h"
#include "yaml/substitution.h"

namespace rapidbyte::cli {
namespace {

constexpr const char* kBuiltInName = "built-in scenario";
constexpr const char* kCommandName = "--cmd";
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

// JSON is YAML. A byte that no document can hold would be replaced, and so another command be measured.
Result<std::string> CommandScenario(const std::string& command) {
  if (!IsUtf8(command)) return Fail(ErrorCode::kUsage, "--cmd is not UTF-8: " + EscapeInvalid(command));
  return DumpJson(nlohmann::json{{"version", 1}, {"scenario", command}, {"subject", {{"command", command}}}});
}

Result<std::vector<scenario::Scenario>> Load(const std::filesystem::path& path, const std::string& command) {
  if (!path.empty() && !command.empty()) return Fail(ErrorCode::kUsage, "a scenario and a command: name one of them");
  std::vector<scenario::Scenario> scenarios;
  if (path.empty()) {
    const bool is_built_in = command.empty();
    RB_ASSIGN(const std::string text, is_built_in ? Result<std::string>(kBuiltIn) : CommandScenario(command));
    RB_ASSIGN(scenario::Scenario scenario,
              scenario::ParseScenario(text, is_built_in ? kBuiltInName : kCommandName, yaml::ProcessEnvironment()));
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

// Told before a server is started for it.
Status CheckSqlFile(const scenario::Scenario& scenario) {
  const scenario::DatasetSpec& dataset = scenario.dataset;
  std::error_code ignored;
  if (dataset.sql_file.empty() || std::filesystem::is_regular_file(dataset.sql_file, ignored)) return {};
  yaml::Problems problems(scenario.path.string(), scenario::kScenarioHint);
  problems.Add(dataset.sql_line, "dataset.sql", "there is no file " + dataset.sql_file.string());
  return Fail(problems.ToError());
}

std::vector<scenario::Axis> AxesOf(const nlohmann::json& settings) {
  std::vector<scenario::Axis> axes;
  for (const nlohmann::json& axis : JsonList(settings, "axes")) {
    scenario::Axis& read = axes.emplace_back();
    read.name = JsonText(axis, "name");
    read.values = JsonTexts(axis, "values");
  }
  return axes;
}

Result<scenario::Scenario> LoadAgain(const record::Campaign& campaign) {
  const std::string file = ScenarioFileOf(campaign);
  if (file.empty()) return Fail(ErrorCode::kUsage, campaign.id + " measured no scenario, so there is none to profile");
  const std::string command = file == kCommandName ? campaign.scenario : "";
  RB_ASSIGN(auto scenarios, Load(file == kCommandName || file == kBuiltInName ? "" : file, command));
  scenario::Scenario scenario = std::move(scenarios.front());
  if (JsonText(campaign.settings, "scenario") != scenario.name) {
    return Fail(ErrorCode::kUsage, file + " is not the scenario that " + campaign.id + " measured any more");
  }
  scenario.axes = AxesOf(campaign.settings);
  return scenario;
}

}  // namespace

Result<std::vector<PlannedScenario>> PlanScenarios(const ScenarioOptions& options) {
  RB_ASSIGN(const std::vector<scenario::Scenario> scenarios, Load(options.path, options.command));
  std::vector<PlannedScenario> planned;
  for (const scenario::Scenario& given : scenarios) {
    PlannedScenario plan;
    RB_ASSIGN(plan.cells, scenario::ExpandMatrix(given, options.overrides));
    RB_ASSIGN(plan.scenario, scenario::ApplyOverrides(given, options.overrides));
    RB_TRY(CheckSqlFile(plan.scenario));
    RB_TRY(CheckPipelines(plan.scenario, plan.cells));
    if (!options.dsn.empty()) {
      plan.scenario.environment = {scenario::EnvironmentSpec::Kind::kServer, options.dsn, {}};
    }
    if (options.until_decided) plan.scenario.until_decided = options.until_decided;
    if (options.timeout_secs) plan.scenario.timeout_secs = *options.timeout_secs;
    planned.push_back(std::move(plan));
  }
  return planned;
}

std::string ScenarioFileOf(const record::Campaign& campaign) { return JsonText(campaign.settings, "file"); }

Result<PlannedScenario> PlanAgain(const record::Campaign& campaign, const std::vector<std::string>& filters,
                                  const std::string& dsn) {
  PlannedScenario planned;
  RB_ASSIGN(planned.scenario, LoadAgain(campaign));
  RB_ASSIGN(planned.cells, scenario::ExpandMatrix(planned.scenario, {.filters = filters}));
  RB_TRY(CheckSqlFile(planned.scenario));
  RB_TRY(CheckPipelines(planned.scenario, planned.cells));
  if (!dsn.empty()) planned.scenario.environment = {scenario::EnvironmentSpec::Kind::kServer, dsn, {}};
  const std::string kind = JsonText(JsonMember(scenario::ScenarioJson(planned.scenario), "environment"), "kind");
  const nlohmann::json& measured = JsonMember(campaign.settings, "environment");
  if (measured.is_null() || JsonText(measured, "kind") == kind) return planned;
  return Fail(ErrorCode::kUsage, campaign.id + " was measured on another kind of server", "name its server with --dsn");
}

}  // namespace rapidbyte::cli
