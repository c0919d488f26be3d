#include "scenario/bindings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenario/command_template.h"
#include "scenario/pipeline_binding.h"
#include "yaml/wording.h"

namespace rapidbyte::scenario {
namespace {

constexpr std::string_view kSubject = "subject";
constexpr std::string_view kBatchBytesKey = "resources.max_batch_bytes";
constexpr uint64_t kLargestSize = 1'000'000'000;

std::string KeyOf(const Axis& axis) { return axis.option.empty() ? "axes." + axis.name : axis.option; }

std::vector<std::string_view> Views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

template <typename Range, typename Value>
bool Contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

std::vector<const CommandText*> HooksOf(const Scenario& scenario) {
  const Hooks& hooks = scenario.hooks;
  return {&hooks.setup, &hooks.prepare, &hooks.conclude, &hooks.cleanup};
}

bool HasPlaceholder(const CommandText& command, std::string_view name) {
  const auto placeholders = PlaceholdersOf(command.text);
  return placeholders && Contains(*placeholders, name);
}

std::vector<std::string> KnownPlaceholders(const Scenario& scenario) {
  std::vector<std::string> known = ProvidedPlaceholders(scenario);
  for (const Axis& axis : scenario.axes) {
    if (!Contains(known, axis.name)) known.push_back(axis.name);
  }
  return known;
}

void CheckPlaceholders(const Scenario& scenario, const CommandText& command, yaml::Problems& problems) {
  const auto placeholders = PlaceholdersOf(command.text);
  if (!placeholders) return problems.Add(command.line, command.key, placeholders.error().message);
  const std::vector<std::string> known = KnownPlaceholders(scenario);
  for (const std::string& name : *placeholders) {
    if (Contains(known, name)) continue;
    const std::string meant = yaml::DidYouMean(name, Views(known));
    const std::string instead =
        meant.empty() ? fmt::format("; expected {}; write {{{{ for a literal {{", yaml::Alternatives(Views(known)))
                      : meant;
    problems.Add(command.line, command.key,
                 fmt::format("unknown placeholder {{{}}}{}", yaml::Shortened(name), instead));
  }
}

// Whatever the values are: a quote in one of them shows when the command is expanded.
void CheckWords(const SubjectSpec& subject, yaml::Problems& problems) {
  if (subject.is_pipeline() || subject.shell) return;
  if (auto words = SplitWords(subject.command.text); !words) {
    problems.Add(subject.command.line, subject.command.key, words.error().message);
  }
}

bool HasPipeline(const Scenario& scenario) {
  return std::any_of(scenario.subjects.begin(), scenario.subjects.end(), [](auto& s) { return s.is_pipeline(); });
}

// The names that an axis could have had instead; on the command line also those of the document's axes.
std::string MeantAxis(const Scenario& scenario, const Axis& axis) {
  std::vector<std::string_view> candidates;
  for (const Axis& other : scenario.axes) {
    if (!axis.option.empty() && other.option.empty()) candidates.push_back(other.name);
  }
  if (!scenario.dataset.SizeParameter().empty()) candidates.push_back(scenario.dataset.SizeParameter());
  if (HasPipeline(scenario)) {
    const std::vector<std::string_view> names = PipelineKeyNames();
    candidates.insert(candidates.end(), names.begin(), names.end());
  }
  return yaml::DidYouMean(axis.name, candidates);
}

void CheckAxisName(const Scenario& scenario, const Axis& axis, yaml::Problems& problems) {
  const std::vector<std::string> provided = ProvidedPlaceholders(scenario);
  if (axis.name == kSubject) {
    return problems.Add(axis.line, KeyOf(axis), "each of 'subjects' is a value of this parameter already");
  }
  if (axis.name != scenario.dataset.SizeParameter() && Contains(provided, axis.name)) {
    return problems.Add(axis.line, KeyOf(axis), "the laboratory provides this placeholder itself; choose another name");
  }
  const auto uses = [&](const SubjectSpec& subject) { return Uses(scenario, subject, axis.name); };
  if (std::any_of(scenario.subjects.begin(), scenario.subjects.end(), uses)) return;
  const std::vector<std::string> keys = PipelineKeysNamed(axis.name);
  if (HasPipeline(scenario) && keys.size() > 1) {
    return problems.Add(axis.line, KeyOf(axis), WhyNoPipelineKey(axis.name));
  }
  problems.Add(axis.line, KeyOf(axis), "binds nothing: no subject uses it" + MeantAxis(scenario, axis));
}

void CheckAxisValues(const Scenario& scenario, const Axis& axis, yaml::Problems& problems) {
  if (axis.name == scenario.dataset.SizeParameter()) {
    for (const std::string& value : axis.values) {
      const auto number = yaml::ParseNumber(value);
      if (number && *number >= 1 && *number <= kLargestSize && std::to_string(*number) == value) continue;
      problems.Add(axis.line, KeyOf(axis),
                   fmt::format("expected a number from 1 to {}, found {}", kLargestSize, yaml::Quoted(value)));
    }
  }
  if (!HasPipeline(scenario) || PipelineKeysNamed(axis.name) != std::vector{std::string(kBatchBytesKey)}) return;
  std::map<uint64_t, std::string> sizes;
  for (const std::string& value : axis.values) {
    const auto bytes = yaml::ParseBytes(value);
    if (!bytes) continue;  // the pipeline's own check tells
    const auto [other, is_new] = sizes.emplace(*bytes, value);
    if (is_new) continue;
    problems.Add(axis.line, KeyOf(axis), fmt::format("\"{}\" and \"{}\" are the same size", other->second, value));
  }
}

void CheckAxes(const Scenario& scenario, yaml::Problems& problems) {
  std::map<std::string, const Axis*> bound;
  for (const Axis& axis : scenario.axes) {
    CheckAxisName(scenario, axis, problems);
    CheckAxisValues(scenario, axis, problems);
    const std::vector<std::string> keys = PipelineKeysNamed(axis.name);
    if (!HasPipeline(scenario) || keys.size() != 1) continue;
    const auto [other, is_new] = bound.emplace(keys[0], &axis);
    if (is_new) continue;
    problems.Add(axis.line, KeyOf(axis), fmt::format("binds '{}', as does '{}'", keys[0], KeyOf(*other->second)));
  }
}

void CheckExclusion(const Scenario& scenario, const Exclusion& exclusion, bool values_too, yaml::Problems& problems) {
  const std::vector<std::string> parameters = ParametersOf(scenario);
  for (const auto& [parameter, values] : exclusion.match) {
    const std::string key = exclusion.key + "." + parameter;
    if (!Contains(parameters, parameter)) {
      const std::string meant = yaml::DidYouMean(parameter, Views(parameters));
      problems.Add(exclusion.line, key,
                   "no parameter of this matrix" +
                       (meant.empty() ? "; expected " + yaml::Alternatives(Views(parameters)) : meant));
      continue;
    }
    const std::vector<std::string> known = ValuesOf(scenario, parameter);
    for (const std::string& value : values) {
      if (!values_too || Contains(known, value)) continue;
      problems.Add(exclusion.line, key,
                   fmt::format("excludes nothing: no cell has {}{}", yaml::Quoted(value),
                               yaml::DidYouMean(value, Views(known))));
    }
  }
}

}  // namespace

bool Uses(const Scenario& scenario, const SubjectSpec& subject, std::string_view parameter) {
  if (parameter == scenario.dataset.SizeParameter()) return true;
  if (subject.is_pipeline() && PipelineKeysNamed(parameter).size() == 1) return true;
  const std::vector<const CommandText*> hooks = HooksOf(scenario);
  return HasPlaceholder(subject.command, parameter) ||
         std::any_of(hooks.begin(), hooks.end(), [&](auto* hook) { return HasPlaceholder(*hook, parameter); });
}

std::vector<std::string> ParametersOf(const Scenario& scenario) {
  std::vector<std::string> parameters{std::string(kSubject)};
  const std::string size(scenario.dataset.SizeParameter());
  if (!size.empty()) parameters.push_back(size);
  for (const Axis& axis : scenario.axes) {
    if (axis.name != size) parameters.push_back(axis.name);
  }
  return parameters;
}

std::vector<std::string> ValuesOf(const Scenario& scenario, std::string_view parameter) {
  std::vector<std::string> values;
  if (parameter == kSubject) {
    for (const SubjectSpec& subject : scenario.subjects) values.push_back(subject.name);
    return values;
  }
  for (const Axis& axis : scenario.axes) {
    if (axis.name == parameter) return axis.values;
  }
  if (parameter == scenario.dataset.SizeParameter()) values.push_back(scenario.dataset.Size());
  return values;
}

std::vector<std::string> ProvidedPlaceholders(const Scenario& scenario) {
  std::vector<std::string> provided{std::string(kSubject), "binary", "worktree"};
  if (!scenario.dataset.SizeParameter().empty()) provided.emplace_back(scenario.dataset.SizeParameter());
  if (scenario.environment.kind == EnvironmentSpec::Kind::kNone) return provided;
  for (const char* name : {"source_dsn", "destination_dsn", "source_schema", "destination_schema"}) {
    provided.emplace_back(name);
  }
  if (scenario.dataset.kind != DatasetSpec::Kind::kNone) provided.emplace_back("table");
  return provided;
}

void CheckBindings(const Scenario& scenario, bool values_too, yaml::Problems& problems) {
  for (const SubjectSpec& subject : scenario.subjects) {
    CheckPlaceholders(scenario, subject.command, problems);
    CheckWords(subject, problems);
  }
  for (const CommandText* hook : HooksOf(scenario)) CheckPlaceholders(scenario, *hook, problems);
  if (!problems.empty()) return;  // an axis whose placeholder is misspelt is not told as well
  CheckAxes(scenario, problems);
  for (const Exclusion& exclusion : scenario.exclusions) CheckExclusion(scenario, exclusion, values_too, problems);
}

}  // namespace rapidbyte::scenario
