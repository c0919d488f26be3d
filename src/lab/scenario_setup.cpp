#include "lab/scenario_setup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "lab/bench_schemas.h"
#include "lab/command_subject.h"
#include "lab/libpq_names.h"
#include "lab/pipeline_subject.h"
#include "lab/table_subject.h"
#include "scenario/command_template.h"

namespace rapidbyte::lab {
namespace {

using scenario::EnvironmentSpec;
using scenario::MetricSpec;
using scenario::PlannedCell;
using scenario::SubjectSpec;

std::vector<OutputMetric> OutputMetrics(const std::vector<MetricSpec>& specs) {
  std::vector<OutputMetric> metrics;
  for (const MetricSpec& spec : specs) {
    if (!spec.source) continue;
    const bool is_stream = spec.from == "stdout" || spec.from == "stderr";
    const MetricFrom from = !is_stream              ? MetricFrom::kFile
                            : spec.from == "stderr" ? MetricFrom::kStderr
                                                    : MetricFrom::kStdout;
    metrics.push_back(
        {spec.name, *spec.source, from, is_stream ? std::filesystem::path() : std::filesystem::path(spec.from)});
  }
  return metrics;
}

using Values = std::map<std::string, std::string>;

Result<CommandHooks> ExpandHooks(const scenario::Hooks& hooks, const Values& values) {
  CommandHooks expanded;
  RB_ASSIGN(expanded.setup, scenario::ExpandCommand(hooks.setup.text, values));
  RB_ASSIGN(expanded.prepare, scenario::ExpandCommand(hooks.prepare.text, values));
  RB_ASSIGN(expanded.conclude, scenario::ExpandCommand(hooks.conclude.text, values));
  RB_ASSIGN(expanded.cleanup, scenario::ExpandCommand(hooks.cleanup.text, values));
  return expanded;
}

std::string FirstLine(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// The parent, out of /proc/PID/stat: "PID (comm) state ppid …", in which comm may hold anything.
std::optional<pid_t> ParentOf(const std::string& pid) {
  const std::string stat = FirstLine("/proc/" + pid + "/stat");
  const size_t comm_end = stat.rfind(')');
  if (comm_end == std::string::npos || comm_end + 4 > stat.size()) return std::nullopt;
  pid_t parent = 0;
  const auto [end, error] = std::from_chars(stat.data() + comm_end + 4, stat.data() + stat.size(), parent);
  if (error != std::errc{}) return std::nullopt;
  return parent;
}

}  // namespace

Result<std::unique_ptr<ScenarioSetup>> ScenarioSetup::Make(const scenario::Scenario& scenario,
                                                           const std::vector<PlannedCell>& cells,
                                                           const SetupOptions& options) {
  std::unique_ptr<ScenarioSetup> setup(new ScenarioSetup(scenario, options));
  RB_TRY(setup->BringUp());
  const bool any_pipeline = std::any_of(cells.begin(), cells.end(), [&](const PlannedCell& cell) {
    return scenario.subjects[cell.subject].is_pipeline();
  });
  if (any_pipeline) RB_TRY(setup->MakeWorkFolder());
  if (setup->environment_ && scenario.dataset.kind != scenario::DatasetSpec::Kind::kNone) {
    RB_TRY(options.step("seeding", [&] { return setup->SeedAll(cells); }));
  }
  return setup;
}

Status ScenarioSetup::BringUp() {
  const EnvironmentSpec& spec = scenario_.environment;
  if (spec.kind == EnvironmentSpec::Kind::kNone) return {};
  const bool existing = spec.kind == EnvironmentSpec::Kind::kServer;
  return options_.step(existing ? "connecting" : "starting PostgreSQL", [&]() -> Status {
    RB_ASSIGN(environment_, existing ? Environment::UseExisting(spec.dsn, options_.interrupt)
                                     : Environment::StartEphemeral({spec.settings, options_.interrupt}));
    RB_ASSIGN(Postgres session, Postgres::Connect(environment_->address(), options_.interrupt));
    session_.emplace(std::move(session));
    return {};
  });
}

std::optional<pid_t> ScenarioSetup::ServerProcess() {
  if (!session_) return std::nullopt;
  const auto backend = session_->Value("SELECT pg_backend_pid()");
  if (!backend || FirstLine("/proc/" + *backend + "/comm") != "postgres") return std::nullopt;
  return ParentOf(*backend);
}

Status ScenarioSetup::MakeWorkFolder() {
  std::filesystem::path parent = environment_ ? environment_->folder() : std::filesystem::path();
  if (parent.empty()) {
    parent = os::TemporaryRoot() / ("rapidbyte-" + os::RandomHex(4));
    RB_ASSIGN(guardian_, Guardian::Start({.folder = parent}));
  }
  RB_ASSIGN(os::TemporaryFolder folder, os::TemporaryFolder::Make(parent));
  folder_.emplace(std::move(folder));
  return {};
}

Status ScenarioSetup::SeedAll(const std::vector<PlannedCell>& cells) {
  RB_TRY(ClaimSchemas(*session_));
  for (const PlannedCell& cell : cells) {
    const uint64_t size = SizeOf(cell);
    if (datasets_.count(size) != 0) continue;
    RB_ASSIGN(datasets_[size], Seed(*session_, environment_->address(), scenario_.dataset, size, options_.interrupt));
  }
  return {};
}

uint64_t ScenarioSetup::SizeOf(const PlannedCell& cell) const {
  const std::string parameter(scenario_.dataset.SizeParameter());
  const auto said = cell.values.find(parameter);
  const std::string text = said != cell.values.end() ? said->second : scenario_.dataset.Size();
  uint64_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return size;
}

std::optional<DatasetAtHand> ScenarioSetup::DatasetOf(const PlannedCell& cell) {
  const auto dataset = datasets_.find(SizeOf(cell));
  if (dataset == datasets_.end()) return std::nullopt;
  return DatasetAtHand{environment_->address(), dataset->second, *session_};
}

std::map<std::string, std::string> ScenarioSetup::Placeholders(const PlannedCell& cell,
                                                               const MeasuredProgram& program) {
  Values values(cell.values.begin(), cell.values.end());
  values.emplace("subject", scenario_.subjects[cell.subject].name);
  values.emplace("binary", program.executable.string());
  values.emplace("worktree", program.worktree.string());
  const auto dataset = DatasetOf(cell);
  if (!dataset) return values;
  values.emplace(scenario_.dataset.SizeParameter(), std::to_string(SizeOf(cell)));
  values.emplace("table", dataset->dataset.table.table);
  values.emplace("source_schema", dataset->dataset.table.schema);
  values.emplace("destination_schema", kDestinationSchema);
  values.emplace("source_dsn", ConnectionUri(dataset->server, dataset->dataset.table.schema));
  values.emplace("destination_dsn", ConnectionUri(dataset->server, kDestinationSchema));
  return values;
}

Result<std::unique_ptr<Subject>> ScenarioSetup::MakeSubject(const PlannedCell& cell, const std::string& name,
                                                            const MeasuredProgram& program) {
  const SubjectSpec& spec = scenario_.subjects[cell.subject];
  const Values values = Placeholders(cell, program);
  const std::vector<OutputMetric> metrics = OutputMetrics(scenario_.metrics);
  RB_ASSIGN(const CommandHooks hooks, ExpandHooks(scenario_.hooks, values));
  const std::optional<DatasetAtHand> dataset = DatasetOf(cell);
  if (spec.is_pipeline()) {
    const PipelineSettings settings = {.executable = program.executable,
                                       .folder = folder_->path(),
                                       .document = spec.pipeline,
                                       .name = name,
                                       .values = cell.pipeline_values,
                                       .hooks = hooks,
                                       .metrics = metrics,
                                       .interrupt = options_.interrupt};
    return MakePipelineSubject(settings, dataset);
  }
  CommandSettings settings;
  RB_ASSIGN(std::string line, scenario::ExpandCommand(spec.command.text, values));
  if (spec.shell) {
    settings.shell = *spec.shell;
    settings.command = std::move(line);
  } else {
    RB_ASSIGN(settings.command, scenario::SplitWords(line));
  }
  settings.hooks = hooks;
  settings.metrics = metrics;
  if (environment_) settings.environment = ClientEnvironment(environment_->address());
  RB_ASSIGN(auto subject, MakeCommandSubject(settings, options_.interrupt));
  if (!spec.destination_table) return subject;
  return MakeTableSubject(std::move(subject), *dataset);
}

Result<std::vector<Cell>> ScenarioSetup::MakeCells(const std::vector<PlannedCell>& planned,
                                                   const MeasuredProgram& program) {
  std::vector<Cell> cells;
  cells.reserve(planned.size());
  for (const PlannedCell& cell : planned) {
    RB_ASSIGN(auto subject, MakeSubject(cell, fmt::format("bench_{}", documents_++), program));
    cells.push_back({cell.key, std::move(subject)});
  }
  return cells;
}

Status ScenarioSetup::TearDown() {
  if (!environment_ || !environment_->folder().empty()) return {};
  RB_ASSIGN(Postgres session, Postgres::Connect(environment_->address()));
  return DropSchemas(session);
}

}  // namespace rapidbyte::lab
