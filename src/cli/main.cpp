// The command line: parse into plain options, run one command, turn its outcome into an exit code.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <utility>
#include <vector>

#include "cli/bench_baseline_command.h"
#include "cli/bench_bisect_command.h"
#include "cli/bench_cmd_command.h"
#include "cli/bench_compare_command.h"
#include "cli/bench_doctor_command.h"
#include "cli/bench_export_command.h"
#include "cli/bench_gate_command.h"
#include "cli/bench_history_command.h"
#include "cli/bench_import_command.h"
#include "cli/bench_run_command.h"
#include "cli/command.h"
#include "cli/connector_commands.h"
#include "cli/profile_collapse_command.h"
#include "cli/profile_export_command.h"
#include "cli/run_command.h"

namespace rapidbyte::cli {
namespace {

template <typename T>
int ExitCode(const Result<T>& result) {
  return result ? 0 : PrintError(result.error());
}

int Main(int argc, char** argv) {
  CLI::App app("Moves tables from one database to another through sandboxed connectors, and measures how fast.",
               "rapidbyte");
  app.set_version_flag("--version", "rapidbyte " RAPIDBYTE_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  app.footer(
      "\nA first look:\n"
      "  rapidbyte bench run                  compare INSERT and COPY on a throwaway server\n"
      "  rapidbyte check PIPELINE.yaml        is the document right, are both servers there\n"
      "  rapidbyte run PIPELINE.yaml          move its tables\n"
      "\ndocs/pipeline.md describes the document, docs/exit_codes.md the exit codes.");

  RunCommandOptions run_options;
  std::vector<std::string> compile_names;
  std::filesystem::path check_file;
  std::filesystem::path discover_file;
  BenchRunOptions bench_options;
  BenchCmdOptions cmd_options;
  BenchCompareOptions compare_options;
  BenchHistoryOptions history_options;
  BenchGateOptions gate_options;
  BenchBaselineOptions baseline_options;
  BenchBisectOptions bisect_options;
  BenchDoctorOptions doctor_options;
  BenchExportOptions export_options;
  BenchImportOptions import_options;
  ProfileCollapseOptions collapse_options;
  ProfileExportOptions profile_export_options;

  // Each with what it does once it was named.
  std::vector<std::pair<const CLI::App*, std::function<int()>>> commands = {
      {AddRun(app, run_options), [&] { return RunPipelineCommand(run_options); }},
      {AddCheck(app, check_file), [&] { return CheckCommand(check_file); }},
      {AddDiscover(app, discover_file), [&] { return DiscoverCommand(discover_file); }},
      {AddConnectors(app), [] { return ListConnectorsCommand(); }},
      {AddCompile(app, compile_names), [&] { return CompileCommand(compile_names); }},
  };
  CLI::App* bench = app.add_subcommand("bench", "Measure, and use what was measured");
  bench->require_subcommand(1);
  commands.insert(
      commands.end(),
      {
          {AddBenchRun(*bench, bench_options), [&] { return RunBenchCommand(bench_options); }},
          {AddBenchCmd(*bench, cmd_options), [&] { return RunBenchCmd(cmd_options); }},
          {AddBenchCompare(*bench, compare_options), [&] { return RunBenchCompare(compare_options); }},
          {AddBenchHistory(*bench, history_options), [&] { return RunBenchHistory(history_options); }},
          {AddBenchGate(*bench, gate_options), [&] { return RunBenchGate(gate_options); }},
          {AddBenchBaseline(*bench, baseline_options), [&] { return RunBenchBaseline(baseline_options); }},
          {AddBenchBisect(*bench, bisect_options), [&] { return RunBisectCommand(bisect_options); }},
          {AddBenchDoctor(*bench, doctor_options), [&] { return BenchDoctorCommand(doctor_options); }},
          {AddBenchExport(*bench, export_options), [&] { return ExitCode(ExportSamples(export_options, std::cout)); }},
          {AddBenchImport(*bench, import_options), [&] { return ExitCode(ImportSamples(import_options, std::cout)); }},
      });
  CLI::App* profile = app.add_subcommand("profile", "Record where a program's time goes, and draw it");
  profile->require_subcommand(1);
  const auto export_profile = [&] {
    return ExitCode(ExportProfile(profile_export_options, std::cout, isatty(STDOUT_FILENO) == 1));
  };
  commands.insert(commands.end(),
                  {
                      {AddProfileCollapse(*profile, collapse_options),
                       [&] { return ExitCode(CollapseProfiles(collapse_options, std::cout, std::cerr)); }},
                      {AddProfileExport(*profile, profile_export_options), export_profile},
                  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    return app.exit(error) == 0 && asked_for_help ? 0 : static_cast<int>(ErrorCode::kUsage);
  }

  for (const auto& [command, run] : commands) {
    if (*command) return run();
  }
  return static_cast<int>(ErrorCode::kUsage);
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
