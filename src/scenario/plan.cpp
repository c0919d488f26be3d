#include "scenario/plan.h"

#include <algorithm>

#include "base/json.h"
#include "scenario/bindings.h"

namespace rapidbyte::scenario {
namespace {

std::string EnvironmentText(const EnvironmentSpec& environment) {
  switch (environment.kind) {
    case EnvironmentSpec::Kind::kNone:
      return "none";
    case EnvironmentSpec::Kind::kEphemeral:
      return "ephemeral server";
    case EnvironmentSpec::Kind::kServer:
      return "server";
  }
  return "";
}

std::string DatasetText(const DatasetSpec& dataset) {
  if (dataset.kind == DatasetSpec::Kind::kSql) return dataset.table + " of " + dataset.sql_file.string();
  return dataset.name.empty() ? dataset.table : dataset.name;
}

std::vector<std::string> UsedParameters(const Scenario& scenario, const std::vector<PlannedCell>& cells) {
  std::vector<std::string> used;
  for (const std::string& parameter : ParametersOf(scenario)) {
    const auto has = [&](const PlannedCell& cell) { return cell.key.contains(parameter); };
    if (std::any_of(cells.begin(), cells.end(), has)) used.push_back(parameter);
  }
  return used;
}

nlohmann::json Json(const SubjectSpec& subject) {
  nlohmann::json json{{"name", subject.name}};
  if (subject.is_pipeline()) {
    json["pipeline"] = subject.pipeline;
    return json;
  }
  json["command"] = subject.command.text;
  json["shell"] = subject.shell ? nlohmann::json(*subject.shell) : nlohmann::json(false);
  json["destination_table"] = subject.destination_table;
  return json;
}

nlohmann::json Json(const DatasetSpec& dataset) {
  nlohmann::json json = nlohmann::json::object();
  if (!dataset.name.empty()) json["name"] = dataset.name;
  if (!dataset.table.empty()) json["table"] = dataset.table;
  if (!dataset.sql_file.empty()) json["sql"] = dataset.sql_file.string();
  if (dataset.kind == DatasetSpec::Kind::kGenerated) json["rows"] = dataset.rows;
  if (dataset.kind == DatasetSpec::Kind::kPgbench) json["scale"] = dataset.scale;
  return json;
}

// The key and the value of the document.
struct SourceJson {
  nlohmann::json operator()(const metrics::BenchLineMetric& metric) const { return {{"bench_line", metric.key}}; }
  nlohmann::json operator()(const metrics::JsonMetric& metric) const { return {{"json", metric.path}}; }
  nlohmann::json operator()(const metrics::RegexMetric& metric) const { return {{"regex", metric.pattern}}; }
  nlohmann::json operator()(const metrics::GoogleBenchmarkMetric& metric) const {
    return {{"google_benchmark", metric.name}};
  }
  nlohmann::json operator()(const metrics::GoBenchmarkMetric& metric) const { return {{"go_benchmark", metric.name}}; }
};

nlohmann::json Json(const MetricSpec& metric) {
  nlohmann::json json{{"name", metric.name}, {"primary", metric.primary}};
  json["direction"] = metric.higher_is_better ? "higher" : "lower";
  if (metric.threshold) json["threshold"] = *metric.threshold;
  if (!metric.unit.empty()) json["unit"] = metric.unit;
  if (!metric.source) return json;
  json.update(std::visit(SourceJson(), *metric.source));
  json["from"] = metric.from;
  return json;
}

nlohmann::json Json(const Hooks& hooks) {
  return {{"setup", hooks.setup.text},
          {"prepare", hooks.prepare.text},
          {"conclude", hooks.conclude.text},
          {"cleanup", hooks.cleanup.text}};
}

}  // namespace

Result<Plan> MakePlan(const Scenario& given, const Overrides& overrides) {
  RB_ASSIGN(const Scenario scenario, ApplyOverrides(given, overrides));
  Plan plan;
  RB_ASSIGN(plan.cells, ExpandMatrix(given, overrides));
  plan.scenario = scenario.name;
  plan.description = scenario.description;
  plan.environment = EnvironmentText(scenario.environment);
  plan.dataset = DatasetText(scenario.dataset);
  plan.parameters = UsedParameters(scenario, plan.cells);
  plan.warmup = scenario.warmup;
  plan.blocks = scenario.MaxBlocks();
  plan.until_decided = scenario.until_decided.has_value();
  plan.max_secs = plan.until_decided ? scenario.until_decided->max_secs : 0;
  plan.timeout_secs = scenario.timeout_secs;
  return plan;
}

nlohmann::json ScenarioJson(const Scenario& scenario) {
  nlohmann::json json{
      {"file", scenario.path.string()}, {"scenario", scenario.name}, {"description", scenario.description}};
  json["environment"] = {{"kind", EnvironmentText(scenario.environment)}, {"settings", scenario.environment.settings}};
  json["dataset"] = Json(scenario.dataset);
  for (const SubjectSpec& subject : scenario.subjects) json["subjects"].push_back(Json(subject));
  json["axes"] = nlohmann::json::array();
  for (const Axis& axis : scenario.axes) json["axes"].push_back({{"name", axis.name}, {"values", axis.values}});
  json["exclude"] = nlohmann::json::array();
  for (const Exclusion& exclusion : scenario.exclusions) json["exclude"].push_back(exclusion.match);
  json["warmup"] = scenario.warmup;
  if (scenario.until_decided) {
    json["until_decided"] = {{"max_blocks", scenario.until_decided->max_blocks},
                             {"max_secs", scenario.until_decided->max_secs}};
  } else {
    json["iterations"] = scenario.iterations;
  }
  json["hooks"] = Json(scenario.hooks);
  for (const MetricSpec& metric : scenario.metrics) json["metrics"].push_back(Json(metric));
  json["timeout_secs"] = scenario.timeout_secs;
  return json;
}

}  // namespace rapidbyte::scenario
