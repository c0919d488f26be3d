// The command line: parse into plain options, run one command, turn its outcome into an exit code.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/bench_cmd_command.h"
#include "cli/bench_export_command.h"
#include "cli/bench_import_command.h"
#include "cli/bench_run_command.h"
#include "cli/command.h"
#include "cli/connector_commands.h"
#include "cli/run_command.h"

namespace rapidbyte::cli {
namespace {

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
  BenchExportOptions export_options;
  BenchImportOptions import_options;

  const CLI::App* run = AddRun(app, run_options);
  const CLI::App* check = AddCheck(app, check_file);
  const CLI::App* discover = AddDiscover(app, discover_file);
  const CLI::App* connectors = AddConnectors(app);
  const CLI::App* compile = AddCompile(app, compile_names);
  CLI::App* bench = app.add_subcommand("bench", "Measure, and use what was measured");
  bench->require_subcommand(1);
  const CLI::App* bench_run = AddBenchRun(*bench, bench_options);
  const CLI::App* bench_cmd = AddBenchCmd(*bench, cmd_options);
  const CLI::App* bench_export = AddBenchExport(*bench, export_options);
  const CLI::App* bench_import = AddBenchImport(*bench, import_options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    return app.exit(error) == 0 && asked_for_help ? 0 : static_cast<int>(ErrorCode::kUsage);
  }

  if (*run) return RunPipelineCommand(run_options);
  if (*check) return CheckCommand(check_file);
  if (*discover) return DiscoverCommand(discover_file);
  if (*connectors) return ListConnectorsCommand();
  if (*compile) return CompileCommand(compile_names);
  if (*bench_run) return RunBenchCommand(bench_options);
  if (*bench_cmd) return RunBenchCmd(cmd_options);
  if (*bench_export) {
    const auto exported = ExportSamples(export_options, std::cout);
    return exported ? 0 : PrintError(exported.error());
  }
  if (*bench_import) {
    const Status imported = ImportSamples(import_options, std::cout);
    return imported ? 0 : PrintError(imported.error());
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
