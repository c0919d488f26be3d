#include "cli/bench_pipeline_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/pipeline.h"
#include "lab/pipeline_subject.h"
#include "scenario/pipeline_binding.h"
#include "yaml/problems.h"

namespace rapidbyte::cli {
namespace {

using scenario::PlannedCell;
using scenario::SubjectSpec;

// What a run's environment will have is not here yet.
std::optional<std::string> Environment(const std::string& variable) {
  const auto known = engine::ProcessEnvironment()(variable);
  return known ? known : std::optional<std::string>("set by the laboratory");
}

// "source.streams[0].columns" and "source.streams[].columns" are one.
std::string WithoutIndices(std::string_view key) {
  std::string without;
  bool inside = false;
  for (const char c : key) {
    inside = c == '[' || (inside && c != ']');
    if (!inside && c != ']') without += c;
  }
  return without;
}

// A line of the engine's error: «FILE:12: key 'a.b': expected …». The line is one of a document that nobody sees.
struct EngineProblem {
  std::string key, what;
};

EngineProblem ReadProblem(const std::string& line) {
  constexpr std::string_view before = ": key '";
  constexpr std::string_view behind = "': ";
  const size_t key = line.find(before);
  const size_t end = key == std::string::npos ? key : line.find(behind, key + before.size());
  if (end == std::string::npos) return {"", line};
  const size_t begin = key + before.size();
  return {line.substr(begin, end - begin), line.substr(end + behind.size())};
}

const scenario::Axis* AxisOf(const scenario::Scenario& scenario, const PlannedCell& cell, const std::string& key) {
  const auto binds = [&](const scenario::Axis& axis) {
    if (cell.pipeline_values.count(axis.name) == 0) return false;
    const auto keys = scenario::PipelineKeysNamed(axis.name);
    return keys.size() == 1 && WithoutIndices(keys[0]) == WithoutIndices(key);
  };
  const auto axis = std::find_if(scenario.axes.begin(), scenario.axes.end(), binds);
  return axis == scenario.axes.end() ? nullptr : &*axis;
}

class Checker {
 public:
  explicit Checker(const scenario::Scenario& scenario) : scenario_(scenario) {}

  void Check(const PlannedCell& cell) {
    const SubjectSpec& subject = scenario_.subjects[cell.subject];
    const bool has_dataset = scenario_.dataset.kind != scenario::DatasetSpec::Kind::kNone;
    const lab::ServerAddress server{"localhost", 5432, "rapidbyte", "", "rapidbyte", {}};
    const lab::TableName table{"source", "table"};
    std::optional<lab::PipelineEnds> ends;
    if (has_dataset) ends.emplace(lab::PipelineEnds{server, table});
    lab::PipelineSettings settings;
    settings.document = subject.pipeline;
    settings.values = cell.pipeline_values;
    const auto document = lab::PipelineDocument(settings, ends);
    if (!document) return Add(subject.command.line, subject.command.key, document.error().message);
    const auto pipeline = engine::ParsePipeline(*document, subject.pipeline, Environment);
    if (pipeline) return;
    std::istringstream lines(pipeline.error().message);
    for (std::string line; std::getline(lines, line);) Note(cell, ReadProblem(line));
  }

  Status Outcome() const {
    if (problems_.empty()) return {};
    yaml::Problems problems(scenario_.path.string(), "docs/pipeline.md describes every key of a pipeline");
    for (const auto& [line, key, what] : problems_) problems.Add(line, key, what);
    return Fail(problems.ToError());
  }

 private:
  void Note(const PlannedCell& cell, const EngineProblem& problem) {
    if (const scenario::Axis* axis = AxisOf(scenario_, cell, problem.key)) {
      return Add(axis->line, axis->option.empty() ? "axes." + axis->name : axis->option, problem.what);
    }
    const SubjectSpec& subject = scenario_.subjects[cell.subject];
    const std::string key = problem.key.empty() ? "" : fmt::format("key '{}': ", problem.key);
    Add(subject.command.line, subject.command.key, fmt::format("{}: {}{}", subject.pipeline, key, problem.what));
  }

  void Add(int line, const std::string& key, const std::string& what) { problems_.insert({line, key, what}); }

  const scenario::Scenario& scenario_;
  std::set<std::tuple<int, std::string, std::string>> problems_;  // many cells have the same
};

}  // namespace

Status CheckPipelines(const scenario::Scenario& scenario, const std::vector<PlannedCell>& cells) {
  Checker checker(scenario);
  std::set<std::pair<size_t, record::CellKey>> checked;
  for (const PlannedCell& cell : cells) {
    if (!scenario.subjects[cell.subject].is_pipeline()) continue;
    if (checked.insert({cell.subject, cell.pipeline_values}).second) checker.Check(cell);
  }
  return checker.Outcome();
}

}  // namespace rapidbyte::cli
