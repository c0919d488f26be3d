// The command line: parse into plain options, run one command, turn its outcome into an exit code.
#include <unistd.h>

#include <algorithm>
#include <csignal>
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
#include "cli/check_command.h"
#include "cli/command.h"
#include "cli/connector_commands.h"
#include "cli/options.h"
#include "cli/profile_collapse_command.h"
#include "cli/profile_diff_command.h"
#include "cli/profile_draw_command.h"
#include "cli/profile_export_command.h"
#include "cli/profile_record_command.h"
#include "cli/profile_timeline_command.h"
#include "cli/run_command.h"
#include "cli/write_output.h"
#include "os/descriptor_limit.h"

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
  void Add(Command parent, Command (*add)(Command, Options&), const Run& run) {
    // Shared, because std::function copies what it holds: parsing fills them, and running reads them.
    const auto options = std::make_shared<Options>();
    commands_.push_back({add(parent, *options), [options, run] { return ExitCode(run(*options)); }});
  }
  // A command that others hang below: it runs where none of them was named.
  template <typename Options, typename Run>
  Command AddGroup(Command parent, Command (*add)(Command, Options&), const Run& run) {
    const auto options = std::make_shared<Options>();
    groups_.push_back({add(parent, *options), [options, run] { return ExitCode(run(*options)); }});
    return groups_.back().command;
  }
  void Add(Command parent, Command (*add)(Command), int (*run)()) { commands_.push_back({add(parent), run}); }

  // The innermost that was named.
  int Run() const {
    for (const auto* list : {&commands_, &groups_}) {
      for (const Runnable& one : *list) {
        if (one.command.WasNamed()) return one.run();
      }
    }
    return static_cast<int>(ErrorCode::kUsage);
  }

 private:
  struct Runnable {
    Command command;
    std::function<int()> run;
  };
  std::vector<Runnable> commands_;
  std::vector<Runnable> groups_;
};

void AddPipelineCommands(Command root, Commands& commands) {
  commands.Add(root, AddRun, RunPipelineCommand);
  commands.Add(root, AddCheck, CheckCommand);
  commands.Add(root, AddDiscover, DiscoverCommand);
  commands.Add(root, AddConnectors, ListConnectorsCommand);
  commands.Add(root, AddCompile, CompileCommand);
}

void AddBenchCommands(Command root, Commands& commands) {
  root.AddCommand("bench", "Measure, and use what was measured", [&commands](Command bench) {
    bench.RequireCommand();
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
  });
}

void AddProfileCommands(Command root, Commands& commands) {
  const Command profile = commands.AddGroup(root, AddProfile, ProfileCommand);
  commands.Add(profile, AddProfileRecord, ProfileRecordCommand);
  commands.Add(profile, AddProfileCollapse,
               [](const auto& options) { return CollapseProfiles(options, std::cout, std::cerr); });
  commands.Add(profile, AddProfileDraw, RunProfileDraw);
  commands.Add(profile, AddProfileDiff, RunProfileDiff);
  commands.Add(profile, AddProfileExport,
               [](const auto& options) { return ExportProfile(options, std::cout, isatty(STDOUT_FILENO) == 1); });
  commands.Add(profile, AddProfileTimeline, [](const auto& options) { return DrawTimeline(options, std::cout); });
  profile.Footer("\nrapidbyte profile -- ./program --its --options   leaves profile.svg and profile.json");
}

int Main(int argc, char** argv) {
  CommandLine line("rapidbyte",
                   "Moves tables from one database to another through sandboxed connectors, and measures how fast.",
                   "rapidbyte " RAPIDBYTE_VERSION);
  const Command root = line.root();
  root.RequireCommand();
  root.Footer(
      "\nA first look:\n"
      "  rapidbyte bench run                  compare INSERT and COPY on a throwaway server\n"
      "  rapidbyte check PIPELINE.yaml        is the document right, are both servers there\n"
      "  rapidbyte run PIPELINE.yaml          move its tables\n"
      "\ndocs/pipeline.md describes the document, docs/exit_codes.md the exit codes.");
  Commands commands;
  AddPipelineCommands(root, commands);
  AddBenchCommands(root, commands);
  AddProfileCommands(root, commands);

  const Result<std::string> asked = line.Parse({argv + std::min(argc, 1), argv + argc});
  if (!asked) return PrintError(asked.error());
  if (!asked->empty()) std::cout << *asked;
  const int code = asked->empty() ? commands.Run() : 0;
  // Whatever a command printed is part of what it was asked for.
  const Status printed = FlushStandardOutput();
  return printed || code != 0 ? code : PrintError(printed.error());
}

}  // namespace
}  // namespace rapidbyte::cli

int main(int argc, char** argv) {
  // A limit of file sizes is an error of the write, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    if (const rapidbyte::Status enough = rapidbyte::os::RaiseDescriptorLimit(); !enough) {
      return rapidbyte::cli::PrintError(enough.error());
    }
    return rapidbyte::cli::Main(argc, argv);
  } catch (const std::exception& error) {  // out of memory, a working directory that is gone
    return rapidbyte::cli::PrintError({rapidbyte::ErrorCode::kInternal, error.what()});
  }
}
