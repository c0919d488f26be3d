#include "scenario/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenario/axis_values.h"
#include "scenario/bindings.h"
#include "scenario/filter.h"
#include "scenario/pipeline_binding.h"
#include "yaml/problems.h"

namespace rapidbyte::scenario {
namespace {

Result<Axis> ParseAxisOption(const std::string& text) {
  const auto cut = CutAtEquals(text);
  if (!cut) {
    return Fail(ErrorCode::kUsage, fmt::format("--axis {}: expected key=value,value or key=1..9:2", text));
  }
  auto values = ParseValueList(cut->value);
  if (!values) return Fail(ErrorCode::kUsage, fmt::format("--axis {}: {}", text, values.error().message));
  return Axis{.name = cut->key, .values = std::move(*values), .option = "--axis " + cut->key};
}

// Separated by spaces or commas.
Result<Axis> ParseRowsOption(std::string text) {
  std::replace(text.begin(), text.end(), ' ', ',');
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ',' && b == ','; }), text.end());
  if (text.starts_with(',')) text.erase(0, 1);
  if (text.ends_with(',')) text.pop_back();
  auto values = ParseValueList(text);
  if (!values) return Fail(ErrorCode::kUsage, fmt::format("--rows: {}", values.error().message));
  return Axis{.name = "rows", .values = std::move(*values), .option = "--rows"};
}

void Replace(std::vector<Axis>& axes, Axis axis) {
  const auto same = std::find_if(axes.begin(), axes.end(), [&](const Axis& other) { return other.name == axis.name; });
  if (same == axes.end())
    axes.push_back(std::move(axis));
  else
    *same = std::move(axis);
}

// The dataset's size is a parameter also where no axis says it, so that cells of different sizes are never the same.
std::vector<Axis> AxesOf(const Scenario& scenario) {
  std::vector<Axis> axes = scenario.axes;
  const std::string_view size = scenario.dataset.SizeParameter();
  const auto says_size = [&](const Axis& axis) { return axis.name == size; };
  if (!size.empty() && std::none_of(axes.begin(), axes.end(), says_size)) {
    axes.insert(axes.begin(), Axis{.name = std::string(size), .values = {scenario.dataset.Size()}});
  }
  return axes;
}

std::vector<record::CellKey> Multiply(const std::vector<const Axis*>& axes) {
  std::vector<record::CellKey> cells{record::CellKey{}};
  for (const Axis* axis : axes) {
    std::vector<record::CellKey> longer;
    for (const record::CellKey& cell : cells) {
      for (const std::string& value : axis->values) {
        longer.push_back(cell);
        longer.back()[axis->name] = value;
      }
    }
    cells = std::move(longer);
  }
  return cells;
}

std::vector<const Axis*> AxesUsedBy(const Scenario& scenario, const SubjectSpec& subject,
                                    const std::vector<Axis>& axes) {
  std::vector<const Axis*> used;
  for (const Axis& axis : axes) {
    if (Uses(scenario, subject, axis.name)) used.push_back(&axis);
  }
  return used;
}

// Counted before it is made: the product may be any number.
Status RefuseTooManyCells(const Scenario& scenario, const std::vector<Axis>& axes) {
  size_t total = 0;
  for (const SubjectSpec& subject : scenario.subjects) {
    size_t cells = 1;
    for (const Axis* axis : AxesUsedBy(scenario, subject, axes)) {
      if (__builtin_mul_overflow(cells, axis->values.size(), &cells)) cells = SIZE_MAX;
    }
    if (__builtin_add_overflow(total, cells, &total)) total = SIZE_MAX;
  }
  if (total <= kMaxCells) return {};
  const std::string count = total == SIZE_MAX ? "far too many" : std::to_string(total);
  return Fail(ErrorCode::kConfiguration,
              fmt::format("{}: the axes multiply to {} cells, more than {}; leave some values out, or measure them in "
                          "several scenarios",
                          scenario.path.string(), count, kMaxCells));
}

PlannedCell Plan(const Scenario& scenario, size_t index, const record::CellKey& parameters) {
  const SubjectSpec& subject = scenario.subjects[index];
  PlannedCell cell{.key = parameters, .subject = index, .values = parameters, .pipeline_values = {}};
  if (scenario.subjects.size() > 1) cell.key["subject"] = subject.name;
  cell.values["subject"] = subject.name;
  for (const auto& [name, value] : parameters) {
    if (!subject.is_pipeline() || name == scenario.dataset.SizeParameter()) continue;
    if (PipelineKeysNamed(name).size() == 1) cell.pipeline_values[name] = value;
  }
  return cell;
}

bool IsExcluded(const Scenario& scenario, const PlannedCell& cell) {
  const auto matches = [&](const Exclusion& exclusion) {
    return std::all_of(exclusion.match.begin(), exclusion.match.end(), [&](const auto& entry) {
      const auto found = cell.values.find(entry.first);
      return found != cell.values.end() &&
             std::find(entry.second.begin(), entry.second.end(), found->second) != entry.second.end();
    });
  };
  return std::any_of(scenario.exclusions.begin(), scenario.exclusions.end(), matches);
}

Status RefuseDuplicates(const Scenario& scenario, const std::vector<PlannedCell>& cells) {
  std::set<record::CellKey> seen;
  for (const PlannedCell& cell : cells) {
    if (seen.insert(cell.key).second) continue;
    return Fail(ErrorCode::kConfiguration, fmt::format("{}: two cells have the same parameters: {}",
                                                       scenario.path.string(), record::Label(cell.key)));
  }
  return {};
}

}  // namespace

Result<Scenario> ApplyOverrides(Scenario scenario, const Overrides& overrides) {
  if (overrides.rows) {
    RB_ASSIGN(Axis axis, ParseRowsOption(*overrides.rows));
    Replace(scenario.axes, std::move(axis));
  }
  for (const std::string& text : overrides.axes) {
    RB_ASSIGN(Axis axis, ParseAxisOption(text));
    Replace(scenario.axes, std::move(axis));
  }
  if (overrides.iterations) {
    scenario.iterations = *overrides.iterations;
    scenario.until_decided.reset();
  }
  if (overrides.warmup) scenario.warmup = *overrides.warmup;
  yaml::Problems problems(scenario.path.string(), kScenarioHint);
  CheckBindings(scenario, /*values_too=*/false, problems);
  if (problems.empty()) return scenario;
  Error error = problems.ToError();
  error.code = ErrorCode::kUsage;  // the document itself was right
  return Fail(std::move(error));
}

Result<std::vector<PlannedCell>> ExpandMatrix(const Scenario& given, const Overrides& overrides) {
  RB_ASSIGN(const Scenario scenario, ApplyOverrides(given, overrides));
  RB_ASSIGN(const std::vector<Filter> filters, ParseFilters(scenario, overrides.filters));
  const std::vector<Axis> axes = AxesOf(scenario);
  RB_TRY(RefuseTooManyCells(scenario, axes));
  std::vector<PlannedCell> cells;
  bool all_excluded = true;
  for (size_t index = 0; index < scenario.subjects.size(); ++index) {
    for (record::CellKey& parameters : Multiply(AxesUsedBy(scenario, scenario.subjects[index], axes))) {
      PlannedCell cell = Plan(scenario, index, parameters);
      if (IsExcluded(scenario, cell)) continue;
      all_excluded = false;
      if (Keeps(filters, cell.values)) cells.push_back(std::move(cell));
    }
  }
  if (cells.empty()) {
    const std::string why = all_excluded ? "every cell of the matrix is excluded" : "no cell is left by --filter";
    return Fail(ErrorCode::kConfiguration, scenario.path.string() + ": " + why);
  }
  RB_TRY(RefuseDuplicates(scenario, cells));
  return cells;
}

}  // namespace rapidbyte::scenario
