// The command line: parse into plain options, run one command, turn its outcome into an exit code.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <vector>

#include "cli/bench_baseline_command.h"
#include "cli/bench_bisect_command.h"
#include "cli/bench_cmd_command.h"
#include "cli/bench_compare_command.h"
#include "cli/bench_doctor_command.h"
#include "cli/bench_explain_command.h"
#include "cli/bench_export_command.h"
#include "cli/bench_gate_command.h"
#include "cli/bench_history_command.h"
#include "cli/bench_import_command.h"
#include "cli/bench_profile_command.h"
#include "cli/bench_run_command.h"
#include "cli/command.h"
#include "cli/connector_commands.h"
#include "cli/profile_collapse_command.h"
#include "cli/profile_diff_command.h"
#include "cli/profile_draw_command.h"
#include "cli/profile_export_command.h"
#include "cli/profile_record_command.h"
#include "cli/profile_timeline_command.h"
#include "cli/run_command.h"
#include "cli/usage_error.h"

namespace rapidbyte::cli {
namespace {

int ExitCode(int code) { return code; }

template <typename T>
int ExitCode(const Result<T>& result) {
  return result ? 0 : PrintError(result.error());
}

// The commands, each with what it does once it was named, and the options that it takes from the command line.
class Commands {
 public:
  template <typename Options, typename Run>
  void Add(CLI::App& parent, CLI::App* (*add)(CLI::App&, Options&), const Run& run) {
    // Shared, because std::function copies what it holds: parsing fills them, and running reads them.
    const auto options = std::make_shared<Options>();
    commands_.push_back({add(parent, *options), [options, run] { return ExitCode(run(*options)); }});
  }
  // A command that others hang below: it runs where none of them was named.
  template <typename Options, typename Run>
  CLI::App& AddGroup(CLI::App& parent, CLI::App* (*add)(CLI::App&, Options&), const Run& run) {
    const auto options = std::make_shared<Options>();
    CLI::App* app = add(parent, *options);
    groups_.push_back({app, [options, run] { return ExitCode(run(*options)); }});
    return *app;
  }
  void Add(CLI::App& parent, CLI::App* (*add)(CLI::App&), int (*run)()) { commands_.push_back({add(parent), run}); }

  // The innermost that was named.
  int Run() const {
    for (const auto* list : {&commands_, &groups_}) {
      for (const Command& command : *list) {
        if (*command.app) return command.run();
      }
    }
    return static_cast<int>(ErrorCode::kUsage);
  }

 private:
  struct Command {
    const CLI::App* app;
    std::function<int()> run;
  };
  std::vector<Command> commands_;
  std::vector<Command> groups_;
};

void AddPipelineCommands(CLI::App& app, Commands& commands) {
  commands.Add(app, AddRun, RunPipelineCommand);
  commands.Add(app, AddCheck, CheckCommand);
  commands.Add(app, AddDiscover, DiscoverCommand);
  commands.Add(app, AddConnectors, ListConnectorsCommand);
  commands.Add(app, AddCompile, CompileCommand);
}

void AddBenchCommands(CLI::App& app, Commands& commands) {
  CLI::App& bench = *app.add_subcommand("bench", "Measure, and use what was measured");
  bench.require_subcommand(1);
  commands.Add(bench, AddBenchRun, RunBenchCommand);
  commands.Add(bench, AddBenchCmd, RunBenchCmd);
  commands.Add(bench, AddBenchCompare, RunBenchCompare);
  commands.Add(bench, AddBenchExplain, RunBenchExplain);
  commands.Add(bench, AddBenchHistory, RunBenchHistory);
  commands.Add(bench, AddBenchGate, RunBenchGate);
  commands.Add(bench, AddBenchBaseline, RunBenchBaseline);
  commands.Add(bench, AddBenchBisect, RunBisectCommand);
  commands.Add(bench, AddBenchDoctor, BenchDoctorCommand);
  commands.Add(bench, AddBenchProfile, RunBenchProfile);
  commands.Add(bench, AddBenchExport, [](const auto& options) { return ExportSamples(options, std::cout); });
  commands.Add(bench, AddBenchImport, [](const auto& options) { return ImportSamples(options, std::cout); });
}

void AddProfileCommands(CLI::App& app, Commands& commands) {
  CLI::App& profile = commands.AddGroup(app, AddProfile, ProfileCommand);
  commands.Add(profile, AddProfileRecord, ProfileRecordCommand);
  commands.Add(profile, AddProfileCollapse,
               [](const auto& options) { return CollapseProfiles(options, std::cout, std::cerr); });
  commands.Add(profile, AddProfileDraw, RunProfileDraw);
  commands.Add(profile, AddProfileDiff, RunProfileDiff);
  commands.Add(profile, AddProfileExport,
               [](const auto& options) { return ExportProfile(options, std::cout, isatty(STDOUT_FILENO) == 1); });
  commands.Add(profile, AddProfileTimeline, [](const auto& options) { return DrawTimeline(options, std::cout); });
  profile.footer("\nrapidbyte profile -- ./program --its --options   leaves profile.svg and profile.json");
}

int Main(int argc, char** argv) {
  CLI::App app("Moves tables from one database to another through sandboxed connectors, and measures how fast.",
               "rapidbyte");
  app.set_version_flag("--version", "rapidbyte " RAPIDBYTE_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);

  Commands commands;
  AddPipelineCommands(app, commands);
  AddBenchCommands(app, commands);
  AddProfileCommands(app, commands);
  // Last, because commands begin with the footer of what they are added to.
  app.footer(
      "\nA first look:\n"
      "  rapidbyte bench run                  compare INSERT and COPY on a throwaway server\n"
      "  rapidbyte check PIPELINE.yaml        is the document right, are both servers there\n"
      "  rapidbyte run PIPELINE.yaml          move its tables\n"
      "\ndocs/pipeline.md describes the document, docs/exit_codes.md the exit codes.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    return asked_for_help ? app.exit(error) : PrintError(UsageError(app, error));
  }

  return commands.Run();
}

}  // namespace
}  // namespace rapidbyte::cli

int main(int argc, char** argv) {
  try {
    return rapidbyte::cli::Main(argc, argv);
  } catch (const std::exception& error) {  // out of memory, a working directory that is gone
    return rapidbyte::cli::PrintError({rapidbyte::ErrorCode::kInternal, error.what()});
  }
}
