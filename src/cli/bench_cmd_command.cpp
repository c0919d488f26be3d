#include "cli/bench_cmd_command.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
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
#include "cli/option_checks.h"
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
    for (const std::string& warning : opened->warnings()) std::cerr << "warning: " << warning << '\n';
    return std::optional<store::SampleStore>(*std::move(opened));
  }
  if (said) return Fail(opened.error());
  std::cerr << "warning: the samples are not kept: " << opened.error().message << '\n';
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

Status WriteFile(const fs::path& file, const std::string& text) {
  if (file.empty()) return {};
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (!out) return Fail(ErrorCode::kConfiguration, "cannot write " + file.string());
  return {};
}

// Told before minutes are spent on what cannot be written.
Status CheckExports(const BenchCmdOptions& options) {
  for (const fs::path& file :
       {options.export_json, options.export_markdown, options.export_asciidoc, options.export_csv}) {
    if (file.empty() || std::ofstream(file, std::ios::binary | std::ios::app)) continue;
    return Fail(ErrorCode::kConfiguration, "cannot write " + file.string());
  }
  return {};
}

Status Report(const BenchCmdOptions& options, const CommandPlan& plan, const MeasuredCommands& measured) {
  const auto question = QuestionOf(plan, measured.campaign, measured.samples);
  const auto analysis = report::AnalyzeCommands(question, measured.samples);
  const report::CommandNotes notes = NotesOf(options, measured, analysis);
  RB_TRY(WriteFile(options.export_json, report::HyperfineJson(analysis)));
  RB_TRY(WriteFile(options.export_csv, report::HyperfineCsv(analysis)));
  RB_TRY(WriteFile(options.export_markdown, report::CommandMarkdown(analysis, notes)));
  RB_TRY(WriteFile(options.export_asciidoc, report::CommandAsciidoc(analysis, notes)));
  if (options.style == "none" && !options.json) return {};
  std::cout << (options.json ? report::CommandJson(measured.campaign, analysis, notes)
                             : report::CommandText(analysis, notes))
            << std::flush;
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
    if (measured->cleanup) std::cerr << "warning: " << measured->cleanup->message << '\n';
    return Fail(ErrorCode::kInterrupted, "interrupted; what had ended was kept");
  }
  if (measured->cleanup) return Fail(*measured->cleanup);
  return {};
}

// The parser's own would say COMMAND(1000x).
class CommandFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* /*app*/, std::string name) const override {
    return "Usage: " + name + " [OPTIONS] COMMAND ...\n";
  }
};

// An option that may be repeated, and takes one value each time: the next word is a command.
template <typename T>
CLI::Option* AddRepeated(CLI::App& app, const std::string& names, std::vector<T>& values, const std::string& text) {
  return app.add_option(names, values, text)->allow_extra_args(false);
}

void AddRunOptions(CLI::App& cmd, BenchCmdOptions& options) {
  const CLI::Range counts(1u, 1'000'000u);
  cmd.add_option("-w,--warmup", options.warmup, "blocks before those that count")->check(CLI::Range(0u, 100'000u));
  cmd.add_option("-r,--runs", options.runs, "blocks that count; each has one run of every command")->check(counts);
  cmd.add_option("-m,--min-runs", options.min_runs, "otherwise at least so many (10), and 3 s per command")
      ->check(counts);
  cmd.add_option("-M,--max-runs", options.max_runs, "but at most so many (10000)")->check(counts);
  cmd.add_flag("--until-decided", options.until_decided, "add blocks until every difference is shown or ruled out");
  cmd.add_option("--max-blocks", options.max_blocks, "but at most so many (200)")->check(counts);
  cmd.add_option("--max-time", options.max_time, "or for so long: 90s, 10m (10m)");
  cmd.add_option("--timeout", options.timeout_secs, "seconds after which a run is killed")
      ->check(CLI::Range(0.001, 1e6));
  cmd.add_option("--seed", options.seed, "decides the order of the runs; random if not given")
      ->check(CLI::Validator(RefuseNegative, "UINT"));
}

void AddCommandOptions(CLI::App& cmd, BenchCmdOptions& options) {
  cmd.add_flag("-N,--no-shell", options.no_shell, "split the commands into words and run them without a shell");
  cmd.add_option("-S,--shell", options.shell, "the shell that runs them; its own time is taken off")
      ->capture_default_str();
  cmd.add_flag("-i,--ignore-failure", options.ignore_failure,
               "measure commands that fail, or with --ignore-failure=1,2 those (=all-non-zero: all)");
  cmd.add_option("--input", options.input, "a file to read, or null")->capture_default_str();
  auto* output =
      cmd.add_option("--output", options.output, "null, pipe, inherit or a file; null, if no metric is read from it");
  cmd.add_flag("--show-output", options.show_output, "--output inherit")->excludes(output);
  cmd.add_option("-s,--setup", options.setup, "run once before the first run of each command");
  AddRepeated(cmd, "-p,--prepare", options.prepare, "run before every run; one for all commands, or one for each");
  AddRepeated(cmd, "-C,--conclude", options.conclude, "run after every run; one for all commands, or one for each");
  cmd.add_option("-c,--cleanup", options.cleanup, "run once after the last run of each command");
  cmd.add_option("--reference", options.reference, "a command that all others are compared to");
  cmd.add_option("--reference-name", options.reference_name, "what to call it");
  AddRepeated(cmd, "-n,--command-name", options.names, "what to call a command, in their order");
  AddRepeated(cmd, "-P,--parameter-scan", options.scans, "VAR MIN MAX: measure with every number for {VAR}");
  AddRepeated(cmd, "-D,--parameter-step-size", options.steps, "the step of -P");
  AddRepeated(cmd, "-L,--parameter-list", options.lists, "VAR a,b,c: measure with every value for {VAR}");
}

void AddReportOptions(CLI::App& cmd, BenchCmdOptions& options) {
  static const std::map<std::string, report::TimeUnit> units = {{"microsecond", report::TimeUnit::kMicroseconds},
                                                                {"millisecond", report::TimeUnit::kMilliseconds},
                                                                {"second", report::TimeUnit::kSeconds}};
  AddRepeated(cmd, "--metric", options.metrics,
              "NAME=KIND:ARG out of the output: json:$.a.b, regex:'([0-9.]+) ms', "
              "bench_line:KEY, google_benchmark:NAME, go_benchmark:NAME");
  cmd.add_option("--primary", options.primary, "the metric that decides: wall, cpu, max_rss, … or one of --metric")
      ->capture_default_str();
  cmd.add_option("--export-json", options.export_json, "write the results as hyperfine does");
  cmd.add_option("--export-csv", options.export_csv, "the same as CSV");
  cmd.add_option("--export-markdown", options.export_markdown, "write a table");
  cmd.add_option("--export-asciidoc", options.export_asciidoc, "the same for AsciiDoc");
  cmd.add_flag("--json", options.json, "print the report as JSON");
  cmd.add_option("--sort", options.sort, "auto, command or median (also: mean-time): the order of the report")
      ->check(CLI::IsMember({"auto", "command", "median", "mean-time"}));
  cmd.add_option("-u,--time-unit", options.time_unit,
                 "microsecond, millisecond or second; what reads best if not given")
      ->type_name("UNIT")
      ->transform(Choice(units));
  cmd.add_option("--style", options.style, "basic, full, nocolor, color: bold names, moving progress; none: no report")
      ->check(CLI::IsMember({"auto", "basic", "full", "nocolor", "color", "none"}));
  cmd.add_option("--store", options.store,
                 "where samples are kept: a file, postgresql://…, none (target/bench_results/results.db)");
  cmd.add_flag("-q,--quiet", options.quiet, "print the report only");
}

}  // namespace

CLI::App* AddBenchCmd(CLI::App& bench, BenchCmdOptions& options) {
  CLI::App* cmd = bench.add_subcommand("cmd", "Measure command lines side by side, in shuffled blocks");
  auto formatter = std::make_shared<CommandFormatter>();
  formatter->column_width(28);
  cmd->formatter(formatter);
  // The parser would take "[ -f x ]" for a list where an option may have any number of values, so this one has many.
  cmd->add_option("COMMAND", options.commands, "a line for the shell, in quotes")
      ->allow_extra_args(false)
      ->expected(kMostCommands, kMostCommands)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->option_text("TEXT ...");
  AddRunOptions(*cmd, options);
  AddCommandOptions(*cmd, options);
  AddReportOptions(*cmd, options);
  return cmd;
}

int RunBenchCmd(const BenchCmdOptions& options) {
  const Status measured = Measure(options);
  return measured ? 0 : PrintError(measured.error());
}

}  // namespace rapidbyte::cli
