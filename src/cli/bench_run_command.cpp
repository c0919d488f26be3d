#include "cli/bench_run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <set>

#include "base/printable.h"
#include "cli/bench_campaign.h"
#include "cli/bench_causes.h"
#include "cli/bench_progress.h"
#include "cli/bench_scenarios.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "os/write_file.h"
#include "report/bench_report.h"
#include "report/matrix_report.h"
#include "report/plan_text.h"
#include "scenario/axis_values.h"
#include "stats/power.h"
#include "stats/sequential.h"
#include "store/migrations.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

// The folder for what lies beside a store.
fs::path FolderOf(const std::string& store) {
  if (store::IsPostgres(store)) return "target/bench_results";
  const fs::path folder = store::SqliteFile(store).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

Result<scenario::UntilDecided> UntilDecidedOf(const BenchRunOptions& options) {
  scenario::UntilDecided until;
  if (options.max_blocks) until.max_blocks = *options.max_blocks;
  if (!options.max_time.empty()) {
    const auto secs = scenario::ParseDurationSecs(options.max_time);
    if (!secs) return Fail(ErrorCode::kUsage, "--max-time: expected a time as 90s, 10m or 1h");
    until.max_secs = *secs;
  }
  return until;
}

Result<ScenarioOptions> ScenarioOptionsOf(const BenchRunOptions& options) {
  ScenarioOptions result{options.path, options.overrides, options.dsn, std::nullopt, options.timeout_secs};
  const auto add_axis = [&](const std::string& axis, const std::string& values) {
    if (!values.empty()) result.overrides.axes.push_back(axis + "=" + values);
  };
  add_axis("load_method", fmt::format("{}", fmt::join(options.modes, ",")));
  add_axis("compression", options.compression);
  add_axis("runtime", options.runtime);
  if (options.until_decided || options.max_blocks || !options.max_time.empty()) {
    if (options.overrides.iterations) {
      return Fail(ErrorCode::kUsage, "--until-decided: the number of blocks is not given beforehand, as by --iters",
                  "--max-blocks N bounds it");
    }
    RB_ASSIGN(result.until_decided, UntilDecidedOf(options));
  }
  return result;
}

// Cells of our own rows that differ in their load method alone have a report of their own, with every phase and host
// function.
bool IsLoadComparison(const PlannedScenario& planned) {
  if (planned.scenario.dataset.kind != scenario::DatasetSpec::Kind::kGenerated) return false;
  std::set<record::CellKey> others;
  for (const scenario::PlannedCell& cell : planned.cells) {
    if (!planned.scenario.subjects[cell.subject].is_pipeline()) return false;
    record::CellKey key = cell.key;
    key.erase("load_method");
    others.insert(key);
  }
  return others.size() == 1 && !planned.scenario.until_decided && planned.scenario.metrics.front().name == "wall";
}

std::string ReportOf(const PlannedScenario& planned, const record::Campaign& campaign,
                     const std::vector<record::Sample>& samples, const BenchRunOptions& options) {
  if (IsLoadComparison(planned) && !options.why) {
    return options.json ? report::BenchReportJson(campaign, samples) : report::BenchReportText(campaign, samples);
  }
  auto causes = CausesOfCampaign(campaign, samples);
  return options.json ? report::MatrixJson(campaign, samples, std::move(causes))
                      : report::MatrixText(campaign, samples, options.why, std::move(causes));
}

// The file that has what is printed, of all scenarios one after the other.
class ReportFile {
 public:
  explicit ReportFile(fs::path path) : path_(std::move(path)) {}

  Status Add(const std::string& text) {
    text_ += text;
    return os::WriteFile(path_, text_);
  }

  bool is_begun() const { return !text_.empty(); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  std::string text_;
};

Status PrintReport(const PlannedScenario& planned, const CampaignResult& result, const BenchRunOptions& options,
                   ReportFile& file) {
  if (result.samples.empty()) return {};
  const std::string text = ReportOf(planned, result.campaign, result.samples, options);
  PrintText((options.json ? "" : "\n") + text);
  return file.Add((file.is_begun() && !options.json ? "\n" : "") + text);
}

// The first look is later than the fewest blocks of a fixed number, because it may spend a share of the level only.
size_t BlocksBeforeVerdict(const PlannedScenario& planned) {
  const auto& until = planned.scenario.until_decided;
  const size_t fewest = stats::BlocksBeforeSignificance(planned.cells.size());
  if (!until || until->max_blocks < fewest) return fewest;
  return stats::PlanLooks({planned.cells.size(), until->max_blocks, {}}).front().blocks;
}

void PrintPlan(const PlannedScenario& planned, const BenchRunOptions& options, const scenario::Overrides& overrides) {
  // Made anew from the scenario with its overrides in it: these hold no filter, so it is given again.
  scenario::Overrides filters;
  filters.filters = overrides.filters;
  const auto plan = scenario::MakePlan(planned.scenario, filters);
  if (!plan) return;
  PrintText(report::PlanText(*plan, BlocksBeforeVerdict(planned)));
  if (options.seed) std::cout << "seed " << *options.seed << '\n';
}

Result<lab::CampaignOutcome> Measure(const PlannedScenario& planned, const BenchRunOptions& options,
                                     store::SampleStore& store, const lab::Interrupt& interrupt, ReportFile& report) {
  BenchProgress progress(std::cerr, isatty(STDERR_FILENO) == 1);
  CampaignRequest request{planned.scenario, planned.cells, {}, options.seed, options.fresh};
  if (options.profile) request.profile = options.profile_request;
  RB_ASSIGN(const CampaignResult result, RunCampaign(request, store, interrupt, progress));
  // A disk that takes no more samples takes no report either: that is said after the campaign's own outcome.
  if (const Status written = PrintReport(planned, result, options, report); !written) {
    if (!result.outcome.error) return Fail(written.error());
    PrintWarning(written.error().message);
  }
  for (const CellProfile& profile : result.profiles) std::cerr << Printable(profile.picture.string()) << '\n';
  return result.outcome;
}

// A scenario that cannot be measured does not keep the next ones of a suite from it.
int MeasureEach(const std::vector<PlannedScenario>& scenarios, const BenchRunOptions& options,
                store::SampleStore& store, ReportFile& report) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  int exit_code = 0;
  for (const PlannedScenario& planned : scenarios) {
    const auto outcome = Measure(planned, options, store, interrupt, report);
    if (outcome && outcome->cleanup) exit_code = PrintError(*outcome->cleanup);
    if (outcome && outcome->interrupted) {
      return PrintError({ErrorCode::kInterrupted, "interrupted; what had ended was kept"});
    }
    if (!outcome) exit_code = PrintError(outcome.error());
    if (outcome && outcome->error) exit_code = PrintError(*outcome->error);
    if (interrupt.triggered()) break;
  }
  return exit_code;
}

int MeasureAll(const std::vector<PlannedScenario>& scenarios, const BenchRunOptions& options) {
  const fs::path folder = FolderOf(options.store);
  auto store = store::SampleStore::Open(options.store, folder / "results.jsonl");
  if (!store) return PrintError(store.error());
  for (const std::string& warning : store->warnings()) PrintWarning(warning);
  ReportFile report(folder / (options.json ? "report.json" : "report.txt"));
  const int exit_code = MeasureEach(scenarios, options, *store, report);
  if (report.is_begun()) {
    std::cerr << PrintableLines(fmt::format("\nThe report is in {},\nthe samples are in {} and {}.\n",
                                            report.path().string(), store->name(),
                                            (folder / "results.jsonl").string()));
  }
  return exit_code;
}

}  // namespace

Command AddBenchRun(Command bench, BenchRunOptions& options) {
  return bench.AddCommand("run", "Measure a scenario, in shuffled blocks", [&options](Command run) {
    run.Add("PATH", options.path, "a scenario file or a folder of them; none: INSERT against COPY");
    run.Add("--rows", options.overrides.rows, "sizes of the dataset: \"1000 10000\"");
    run.Add("--axis", options.overrides.axes, "KEY=a,b or KEY=1..9:2; replaces an axis or adds one");
    run.Add("--filter", options.overrides.filters, "KEY=a,b or KEY!=a: cells to keep");
    run.Add("--iters", options.overrides.iterations, "blocks that count; each has one run per cell").In(1u, 100'000u);
    run.Add("--warmup", options.overrides.warmup, "blocks before them that do not").In(0u, 1000u);
    run.Add("--modes", options.modes, "insert,copy: the axis load_method").Separator(',');
    run.Add("--runtime", options.runtime, "aot (sandboxed), native, or both: the axis runtime");
    run.Add("--compression", options.compression, "none,lz4,zstd: the axis compression");
    run.AddFlag("--until-decided", options.until_decided, "add blocks until every cell is decided");
    run.Add("--max-blocks", options.max_blocks, "but at most so many (60)").In(1u, 10'000u);
    run.Add("--max-time", options.max_time, "or for so long: 90s, 10m (10m)");
    run.Add("--dsn", options.dsn, "an existing server, instead of the scenario's");
    run.Add("--seed", options.seed, "decides the order of the runs; random if not given").NotNegative("UINT");
    run.Add("--timeout", options.timeout_secs, "seconds after which a run is killed").In(0.1, 1e6);
    run.AddFlag("--dry-run", options.dry_run, "print the plan and measure nothing");
    run.AddFlag("--fresh", options.fresh, "do not go on with an unfinished run of the same plan");
    run.AddFlag("--json", options.json, "print the report as JSON");
    run.AddFlag("--why", options.why, "print the reasons of every verdict");
    AddProfileOptions(run, options.profile, options.profile_request);
    run.AddFlag("--postgres", options.profile_request.server, "the server's backends in the profiles too");
    run.Add("--store", options.store, "a file, or postgresql://…; results.jsonl and report.txt lie beside it")
        .ShowDefault();
  });
}

int RunBenchCommand(const BenchRunOptions& options) {
  const auto scenario_options = ScenarioOptionsOf(options);
  if (!scenario_options) return PrintError(scenario_options.error());
  const auto scenarios = PlanScenarios(*scenario_options);
  if (!scenarios) return PrintError(scenarios.error());
  if (!options.dry_run) return MeasureAll(*scenarios, options);
  for (const PlannedScenario& planned : *scenarios) PrintPlan(planned, options, scenario_options->overrides);
  return 0;
}

}  // namespace rapidbyte::cli
