#include "cli/bench_cmd_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "cli/bench_cmd_parameters.h"
#include "scenario/axis_values.h"
#include "stats/power.h"

namespace rapidbyte::cli {
namespace {

constexpr uint32_t kFewestRuns = 10;
constexpr uint32_t kMostRuns = 10'000;
constexpr uint32_t kMostBlocksUntilDecided = 200;
constexpr double kMostSecsUntilDecided = 600;

tl::unexpected<Error> Refuse(std::string what, std::string hint = {}) {
  return Fail(ErrorCode::kUsage, std::move(what), std::move(hint));
}

Result<std::vector<CommandParameter>> ParametersOf(const BenchCmdOptions& options) {
  std::vector<CommandParameter> parameters;
  if (options.steps.size() > 1 && options.steps.size() != options.scans.size()) {
    return Refuse("-D: expected one step size, or one for each -P");
  }
  if (!options.steps.empty() && options.scans.empty()) return Refuse("-D: a step size without -P");
  for (size_t i = 0; i < options.scans.size(); ++i) {
    const auto& [name, first, last] = options.scans[i];
    const std::string step = options.steps.empty() ? "" : options.steps[options.steps.size() == 1 ? 0 : i];
    RB_ASSIGN(CommandParameter parameter, ParseParameterScan(name, first, last, step));
    parameters.push_back(std::move(parameter));
  }
  for (const auto& [name, values] : options.lists) {
    RB_ASSIGN(CommandParameter parameter, ParseParameterList(name, values));
    parameters.push_back(std::move(parameter));
  }
  std::set<std::string> names;
  for (const CommandParameter& parameter : parameters) {
    if (parameter.name == "command") return Refuse("a parameter cannot be named command");
    if (!names.insert(parameter.name).second) return Refuse("two parameters are named " + parameter.name);
  }
  return parameters;
}

// A command as the command line gives it, with its own hooks.
struct CommandSpec {
  std::string line;
  std::string name;  // or empty
  lab::CommandHooks hooks;
  bool takes_parameters = true;

  bool Uses(const std::string& parameter) const {
    if (!takes_parameters) return false;
    const auto texts = {&line, &name, &hooks.setup, &hooks.prepare, &hooks.conclude, &hooks.cleanup};
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string* text) { return UsesParameter(*text, parameter); });
  }
};

// The reference's is the first where there is one for each command.
Result<std::string> HookFor(const char* option, const std::vector<std::string>& lines, size_t command,
                            size_t commands) {
  if (lines.empty()) return std::string();
  if (lines.size() == 1) return lines[0];
  if (lines.size() == commands) return lines[command];
  return Refuse(
      fmt::format("{}: expected one, or one for each of the {} commands, found {}", option, commands, lines.size()));
}

Result<std::vector<CommandSpec>> SpecsOf(const BenchCmdOptions& options) {
  std::vector<CommandSpec> specs;
  if (options.names.size() > options.commands.size()) {
    return Refuse(fmt::format("-n: {} names for {} commands", options.names.size(), options.commands.size()));
  }
  if (options.reference) specs.push_back({*options.reference, options.reference_name, {}, false});
  for (size_t i = 0; i < options.commands.size(); ++i) {
    specs.push_back({options.commands[i], i < options.names.size() ? options.names[i] : "", {}});
  }
  for (size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].line.find_first_not_of(" \t\n") == std::string::npos) return Refuse("a command is empty");
    lab::CommandHooks& hooks = specs[i].hooks;
    hooks.setup = options.setup;
    hooks.cleanup = options.cleanup;
    RB_ASSIGN(hooks.prepare, HookFor("--prepare", options.prepare, i, specs.size()));
    RB_ASSIGN(hooks.conclude, HookFor("--conclude", options.conclude, i, specs.size()));
  }
  return specs;
}

Status CheckAllUsed(const std::vector<CommandParameter>& parameters, const std::vector<CommandSpec>& specs) {
  for (const CommandParameter& parameter : parameters) {
    const bool used =
        std::any_of(specs.begin(), specs.end(), [&](const auto& spec) { return spec.Uses(parameter.name); });
    if (used) continue;
    return Refuse(fmt::format("no command or hook has the parameter {{{}}}", parameter.name),
                  "write it in braces where its values are to go");
  }
  return {};
}

// What tells one combination from another where the text of the command does not.
std::string NameOf(const CommandSpec& spec, const record::CellKey& values) {
  const std::string& text = spec.name.empty() ? spec.line : spec.name;
  std::string name = ReplaceParameters(text, values);
  std::string rest;
  for (const auto& [parameter, value] : values) {
    if (!UsesParameter(text, parameter)) rest += fmt::format("{}{} = {}", rest.empty() ? "" : ", ", parameter, value);
  }
  return rest.empty() ? name : fmt::format("{} ({})", name, rest);
}

PlannedCommand Planned(const CommandSpec& spec, const record::CellKey& values) {
  PlannedCommand command;
  command.name = NameOf(spec, values);
  command.line = ReplaceParameters(spec.line, values);
  command.parameters = values;
  command.key = values;
  command.key["command"] = spec.name.empty() ? spec.line : spec.name;
  command.hooks = {ReplaceParameters(spec.hooks.setup, values), ReplaceParameters(spec.hooks.prepare, values),
                   ReplaceParameters(spec.hooks.conclude, values), ReplaceParameters(spec.hooks.cleanup, values)};
  return command;
}

// A command may be measured against itself: the second one is "sleep 1 (2)".
void MakeUnique(std::vector<PlannedCommand>& commands) {
  std::set<std::string> names;
  std::set<record::CellKey> keys;
  for (PlannedCommand& command : commands) {
    const std::string name = command.name;
    const std::string key = command.key["command"];
    for (int number = 2; !names.insert(command.name).second; ++number)
      command.name = fmt::format("{} ({})", name, number);
    for (int number = 2; !keys.insert(command.key).second; ++number) {
      command.key["command"] = fmt::format("{} ({})", key, number);
    }
  }
}

Result<std::vector<PlannedCommand>> Expand(const BenchCmdOptions& options) {
  RB_ASSIGN(const std::vector<CommandParameter> parameters, ParametersOf(options));
  RB_ASSIGN(const std::vector<CommandSpec> specs, SpecsOf(options));
  RB_TRY(CheckAllUsed(parameters, specs));
  std::vector<PlannedCommand> commands;
  for (const CommandSpec& spec : specs) {
    std::vector<CommandParameter> used;
    size_t cells = 1;
    for (const CommandParameter& parameter : parameters) {
      if (!spec.Uses(parameter.name)) continue;
      used.push_back(parameter);
      cells *= parameter.values.size();
      if (cells > scenario::kMaxCells) return Refuse(fmt::format("more than {} commands", scenario::kMaxCells));
    }
    for (const record::CellKey& values : Combinations(used)) commands.push_back(Planned(spec, values));
  }
  MakeUnique(commands);
  return commands;
}

Result<lab::AcceptedCodes> AcceptedCodesOf(const std::string& text) {
  lab::AcceptedCodes accepted;
  accepted.all = text == "true" || text == "all-non-zero";
  if (text.empty() || accepted.all) return accepted;
  RB_ASSIGN(const std::vector<std::string> codes, scenario::ParseValueList(text));
  for (const std::string& code : codes) {
    int number = 0;
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
    if (error != std::errc() || end != code.data() + code.size() || number < 1 || number > 255) {
      return Refuse(fmt::format("-i: expected exit codes from 1 to 255, found {}", code), "-i or --ignore-failure=1,2");
    }
    accepted.codes.push_back(number);
  }
  return accepted;
}

// A look at the results needs so many blocks; a bound below would never decide.
Status PlanUntilDecided(const BenchCmdOptions& options, CommandPlan& plan) {
  if (plan.commands.size() < 2) return Refuse("--until-decided: there is nothing to decide about one command");
  if (options.runs || options.min_runs || options.max_runs) {
    return Refuse("--until-decided: the number of runs is not given beforehand", "--max-blocks N bounds it");
  }
  plan.until_decided = true;
  plan.max_runs = options.max_blocks.value_or(kMostBlocksUntilDecided);
  plan.max_secs = kMostSecsUntilDecided;
  const size_t fewest = stats::BlocksBeforeSignificance(plan.commands.size() - 1);
  if (plan.max_runs < fewest) {
    return Refuse(
        fmt::format("--max-blocks {}: with fewer than {} blocks nothing can be decided", plan.max_runs, fewest));
  }
  if (options.max_time.empty()) return {};
  const auto secs = scenario::ParseDurationSecs(options.max_time);
  if (!secs) return Refuse("--max-time: expected a time as 90s, 10m or 1h");
  plan.max_secs = *secs;
  return {};
}

Status PlanRuns(const BenchCmdOptions& options, CommandPlan& plan) {
  if (options.until_decided || options.max_blocks || !options.max_time.empty()) return PlanUntilDecided(options, plan);
  if (options.runs) {
    if (options.min_runs || options.max_runs) return Refuse("-r gives the number of runs: -m and -M have no meaning");
    plan.min_runs = plan.max_runs = *options.runs;
    return {};
  }
  plan.max_runs = options.max_runs.value_or(std::max(kMostRuns, options.min_runs.value_or(0)));
  plan.min_runs = options.min_runs.value_or(std::min(kFewestRuns, plan.max_runs));
  if (plan.min_runs > plan.max_runs) return Refuse("-m is more than -M");
  return {};
}

}  // namespace

Result<CommandPlan> PlanCommands(const BenchCmdOptions& options) {
  if (options.commands.empty()) return Refuse("no command to measure", "rapidbyte bench cmd 'sleep 0.1' 'sleep 0.2'");
  if (!options.reference && !options.reference_name.empty()) return Refuse("--reference-name: there is no --reference");
  CommandPlan plan;
  RB_ASSIGN(plan.commands, Expand(options));
  plan.has_reference = options.reference.has_value();
  RB_ASSIGN(plan.metrics, ParseCommandMetrics(options.metrics, options.primary));
  RB_ASSIGN(plan.accepted, AcceptedCodesOf(options.ignore_failure));
  RB_TRY(PlanRuns(options, plan));
  return plan;
}

}  // namespace rapidbyte::cli
