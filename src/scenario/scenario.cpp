#include "scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/bindings.h"
#include "scenario/scenario_reader.h"
#include "yaml/node.h"

namespace rapidbyte::scenario {

std::string_view DatasetSpec::SizeParameter() const {
  if (kind == Kind::kGenerated) return "rows";
  if (kind == Kind::kPgbench) return "scale";
  return "";
}

std::string DatasetSpec::Size() const {
  if (kind == Kind::kGenerated) return std::to_string(rows);
  if (kind == Kind::kPgbench) return std::to_string(scale);
  return "";
}

Result<Scenario> ParseScenario(const std::string& text, const std::filesystem::path& path,
                               const yaml::Environment& environment) {
  RB_ASSIGN(const yaml::Node root, yaml::Parse(text, path.string()));
  yaml::Problems problems(path.string(), kScenarioHint);
  if (root.kind != yaml::Node::Kind::kMap) {
    problems.Add(root.line, "",
                 fmt::format("expected a mapping with version, scenario and subjects, found {}", KindName(root.kind)));
    return Fail(problems.ToError());
  }
  Scenario scenario = ReadScenario(root, path.parent_path(), environment, problems);
  scenario.path = path;
  // What a mistake left out would be missed a second time.
  if (problems.empty()) CheckBindings(scenario, /*values_too=*/true, problems);
  if (!problems.empty()) return Fail(problems.ToError());
  return scenario;
}

Result<Scenario> LoadScenario(const std::filesystem::path& path, const yaml::Environment& environment) {
  RB_ASSIGN(const std::string text, yaml::ReadFile(path, "scenario document"));
  return ParseScenario(text, path, environment);
}

Result<std::vector<std::filesystem::path>> ScenarioFiles(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector{path};
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".yaml") files.push_back(at->path());
  }
  if (error) return Fail(ErrorCode::kConfiguration, fmt::format("cannot read {}: {}", path.string(), error.message()));
  if (files.empty())
    return Fail(ErrorCode::kConfiguration, fmt::format("no scenario (*.yaml) is in {}", path.string()));
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace rapidbyte::scenario
