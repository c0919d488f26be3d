#include "cli/bench_cmd_command.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <iostream>
#include <map>
#include <memory>

#include "base/clock.h"
#include "cli/bench_cmd_campaign.h"
#include "cli/bench_cmd_plan.h"
#include "cli/bench_cmd_progress.h"
#include "cli/bench_run_command.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "os/write_file.h"
#include "report/command_report.h"
#include "report/hyperfine_json.h"
#include "store/migrations.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMostCommands = 1000;

// Events go to the screen, or nowhere with --quiet.
class Silent : public lab::CampaignListener {
 public:
  void OnRunStarted(const lab::CampaignProgress& /*progress*/) override {}
  void OnRunFinished(const lab::CampaignProgress& /*progress*/, const record::Sample& /*sample*/) override {}
};

// Where samples are kept if nobody says: where `bench run` keeps them. A folder that cannot be written to keeps nobody
// from measuring.
Result<std::optional<store::SampleStore>> OpenStore(const std::optional<std::string>& said) {
  if (said == "none") return std::nullopt;
  const std::string name = said.value_or(BenchRunOptions().store);
  const fs::path folder = store::IsPostgres(name) ? "target/bench_results" : store::SqliteFile(name).parent_path();
  auto opened = store::SampleStore::Open(name, folder / "results.jsonl");
  if (opened) {
    for (const std::string& warning : opened->warnings()) PrintWarning(warning);
    return std::optional<store::SampleStore>(*std::move(opened));
  }
  if (said) return Fail(opened.error());
  PrintWarning("the samples are not kept: " + opened.error().message);
  return std::nullopt;
}

bool IsOneOf(const std::string& style, std::initializer_list<const char*> styles) {
  return std::any_of(styles.begin(), styles.end(), [&](const char* one) { return style == one; });
}

CommandProgress::Screen ReadScreen(const BenchCmdOptions& options) {
  CommandProgress::Screen screen;
  screen.live = isatty(STDERR_FILENO) == 1 && IsOneOf(options.style, {"auto", "full", "nocolor"});
  winsize size{};
  if (screen.live && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) {
    screen.width = size.ws_col;
    screen.height = size.ws_row;
  }
  return screen;
}

CommandPace PaceOf(const CommandPlan& plan) {
  if (plan.until_decided) return {plan.max_runs, plan.max_runs, 0};
  const bool is_fixed = plan.min_runs == plan.max_runs;
  return {plan.min_runs, plan.max_runs,
          is_fixed ? 0 : plan.min_secs_per_command * static_cast<double>(plan.commands.size())};
}

report::CommandNotes NotesOf(const BenchCmdOptions& options, const MeasuredCommands& measured,
                             const report::CommandAnalysis& analysis) {
  report::CommandNotes notes;
  notes.order = options.sort == "command" ? report::CommandOrder::kCommand
                : options.sort == "auto"  ? report::CommandOrder::kAuto
                                          : report::CommandOrder::kMedian;
  const bool may_be_bold = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  notes.bold = options.style == "auto" ? may_be_bold : IsOneOf(options.style, {"full", "color"});
  notes.time_unit = options.time_unit;
  if (measured.interrupted) {
    notes.warnings.push_back("interrupted: this is what there was.");
  }
  if (!measured.shell_cost) return notes;
  for (const report::CommandNumbers& numbers : analysis.commands) {
    if (numbers.runs.empty()) continue;
    const auto warning = lab::ShellWarning(numbers.Of("wall").median, *measured.shell_cost);
    if (warning) notes.warnings.push_back(report::QuotedCommand(numbers.command.name) + ": " + *warning);
  }
  return notes;
}

Status WriteIfNamed(const fs::path& file, const std::string& text) {
  return file.empty() ? Status() : os::WriteFile(file, text);
}

// Told before minutes are spent on what cannot be written.
Status CheckExports(const BenchCmdOptions& options) {
  for (const fs::path& file :
       {options.export_json, options.export_markdown, options.export_asciidoc, options.export_csv}) {
    if (!file.empty()) RB_TRY(os::CheckWritable(file));
  }
  return {};
}

Status Report(const BenchCmdOptions& options, const CommandPlan& plan, const MeasuredCommands& measured) {
  const auto question = QuestionOf(plan, measured.campaign, measured.samples);
  const auto analysis = report::AnalyzeCommands(question, measured.samples);
  const report::CommandNotes notes = NotesOf(options, measured, analysis);
  RB_TRY(WriteIfNamed(options.export_json, report::HyperfineJson(analysis)));
  RB_TRY(WriteIfNamed(options.export_csv, report::HyperfineCsv(analysis)));
  RB_TRY(WriteIfNamed(options.export_markdown, report::CommandMarkdown(analysis, notes)));
  RB_TRY(WriteIfNamed(options.export_asciidoc, report::CommandAsciidoc(analysis, notes)));
  if (options.style == "none" && !options.json) return {};
  PrintText(options.json ? report::CommandJson(measured.campaign, analysis, notes)
                         : report::CommandText(analysis, notes));
  return {};
}

Status Measure(const BenchCmdOptions& options) {
  RB_ASSIGN(const CommandPlan plan, PlanCommands(options));
  RB_TRY(CheckExports(options));
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  RB_ASSIGN(std::optional<store::SampleStore> store, OpenStore(options.store));

  CommandProgress progress(std::cerr, ReadScreen(options), plan.commands, plan.metrics.primary, PaceOf(plan),
                           [] { return NanosToSeconds(MonotonicNanos()); });
  Silent silent;
  lab::CampaignListener* listener = &progress;
  if (options.quiet || options.style == "none") listener = &silent;
  const auto measured = MeasureCommands(plan, options, store ? &*store : nullptr, interrupt, *listener);
  progress.Clear();
  if (!measured) return Fail(measured.error());
  RB_TRY(Report(options, plan, *measured));
  if (measured->interrupted) {
    if (measured->cleanup) PrintWarning(measured->cleanup->message);
    return Fail(ErrorCode::kInterrupted, "interrupted; what had ended was kept");
  }
  if (measured->lost) return Context("the samples can no longer be stored", *measured->lost);
  if (measured->cleanup) return Fail(*measured->cleanup);
  return {};
}

void AddRunOptions(Command cmd, BenchCmdOptions& options) {
  constexpr uint32_t kMostBlocks = 1'000'000;
  cmd.Add("-w,--warmup", options.warmup, "blocks before those that count").In(0u, 100'000u);
  cmd.Add("-r,--runs", options.runs, "blocks that count; each has one run of every command").In(1u, kMostBlocks);
  cmd.Add("-m,--min-runs", options.min_runs, "otherwise at least so many (10), and 3 s per command")
      .In(1u, kMostBlocks);
  cmd.Add("-M,--max-runs", options.max_runs, "but at most so many (10000)").In(1u, kMostBlocks);
  cmd.AddFlag("--until-decided", options.until_decided, "add blocks until every difference is shown or ruled out");
  cmd.Add("--max-blocks", options.max_blocks, "but at most so many (200)").In(1u, kMostBlocks);
  cmd.Add("--max-time", options.max_time, "or for so long: 90s, 10m (10m)");
  cmd.Add("--timeout", options.timeout_secs, "seconds after which a run is killed").In(0.001, 1e6);
  cmd.Add("--seed", options.seed, "decides the order of the runs; random if not given").NotNegative("UINT");
}

void AddCommandOptions(Command cmd, BenchCmdOptions& options) {
  cmd.AddFlag("-N,--no-shell", options.no_shell, "split the commands into words and run them without a shell");
  cmd.Add("-S,--shell", options.shell, "the shell that runs them; its own time is taken off").ShowDefault();
  cmd.AddFlag("-i,--ignore-failure", options.ignore_failure,
              "measure commands that fail, or with --ignore-failure=1,2 those (=all-non-zero: all)");
  cmd.Add("--input", options.input, "a file to read, or null").ShowDefault();
  const Option output =
      cmd.Add("--output", options.output, "null, pipe, inherit or a file; null, if no metric is read from it");
  cmd.AddFlag("--show-output", options.show_output, "--output inherit").Excludes(output);
  cmd.Add("-s,--setup", options.setup, "run once before the first run of each command");
  cmd.Add("-p,--prepare", options.prepare, "run before every run; one for all commands, or one for each").OneAtATime();
  cmd.Add("-C,--conclude", options.conclude, "run after every run; one for all commands, or one for each").OneAtATime();
  cmd.Add("-c,--cleanup", options.cleanup, "run once after the last run of each command");
  cmd.Add("--reference", options.reference, "a command that all others are compared to");
  cmd.Add("--reference-name", options.reference_name, "what to call it");
  cmd.Add("-n,--command-name", options.names, "what to call a command, in their order").OneAtATime();
  cmd.Add("-P,--parameter-scan", options.scans, "VAR MIN MAX: measure with every number for {VAR}").OneAtATime();
  cmd.Add("-D,--parameter-step-size", options.steps, "the step of -P").OneAtATime();
  cmd.Add("-L,--parameter-list", options.lists, "VAR a,b,c: measure with every value for {VAR}").OneAtATime();
}

void AddReportOptions(Command cmd, BenchCmdOptions& options) {
  static const std::map<std::string, report::TimeUnit> units = {{"microsecond", report::TimeUnit::kMicroseconds},
                                                                {"millisecond", report::TimeUnit::kMilliseconds},
                                                                {"second", report::TimeUnit::kSeconds}};
  cmd.Add("--metric", options.metrics,
          "NAME=KIND:ARG out of the output: json:$.a.b, regex:'([0-9.]+) ms', "
          "bench_line:KEY, google_benchmark:NAME, go_benchmark:NAME")
      .OneAtATime();
  cmd.Add("--primary", options.primary, "the metric that decides: wall, cpu, max_rss, … or one of --metric")
      .ShowDefault();
  cmd.Add("--export-json", options.export_json, "write the results as hyperfine does");
  cmd.Add("--export-csv", options.export_csv, "the same as CSV");
  cmd.Add("--export-markdown", options.export_markdown, "write a table");
  cmd.Add("--export-asciidoc", options.export_asciidoc, "the same for AsciiDoc");
  cmd.AddFlag("--json", options.json, "print the report as JSON");
  cmd.Add("--sort", options.sort, "auto, command or median (also: mean-time): the order of the report")
      .OneOf({"auto", "command", "median", "mean-time"});
  cmd.AddChoice("-u,--time-unit", options.time_unit, units,
                "microsecond, millisecond or second; what reads best if not given")
      .Type("UNIT");
  cmd.Add("--style", options.style, "basic, full, nocolor, color: bold names, moving progress; none: no report")
      .OneOf({"auto", "basic", "full", "nocolor", "color", "none"});
  cmd.Add("--store", options.store,
          "where samples are kept: a file, postgresql://…, none (target/bench_results/results.db)");
  cmd.AddFlag("-q,--quiet", options.quiet, "print the report only");
}

}  // namespace

Command AddBenchCmd(Command bench, BenchCmdOptions& options) {
  return bench.AddCommand("cmd", "Measure command lines side by side, in shuffled blocks", [&options](Command cmd) {
    cmd.Usage("[OPTIONS] COMMAND ...");  // the parser's own would say COMMAND(1000x)
    cmd.Add("COMMAND", options.commands, "a line for the shell, in quotes")
        .Words(kMostCommands)
        .Placeholder("TEXT ...");
    AddRunOptions(cmd, options);
    AddCommandOptions(cmd, options);
    AddReportOptions(cmd, options);
  });
}

int RunBenchCmd(const BenchCmdOptions& options) {
  const Status measured = Measure(options);
  return measured ? 0 : PrintError(measured.error());
}

}  // namespace rapidbyte::cli
