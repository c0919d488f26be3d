#include "cli/profile_export_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <map>
#include <system_error>

#include "cli/load_profile.h"

namespace rapidbyte::cli {
namespace {

using profile::ExportFormat;
using profile::Profile;

// Renamed into place when it is whole, so that a file of this name is never half an export.
Status WriteFile(const Profile& profile, ExportFormat format, const std::filesystem::path& output) {
  std::filesystem::path partial = output;
  partial += ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  if (!file) {
    return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot make the file", partial.string()),
                "name a file in a folder that exists and that you may write to");
  }
  profile::WriteExport(profile, format, file);
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(partial, output, error);
  if (file && !error) return {};
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);
  return Fail(ErrorCode::kInternal, fmt::format("{}: cannot write the file", output.string()));
}

}  // namespace

CLI::App* AddProfileExport(CLI::App& profile, ProfileExportOptions& options) {
  static const std::map<std::string, ExportFormat> formats = {{"folded", ExportFormat::kFolded},
                                                              {"pprof", ExportFormat::kPprof},
                                                              {"speedscope", ExportFormat::kSpeedscope},
                                                              {"firefox", ExportFormat::kFirefox},
                                                              {"chrome", ExportFormat::kChrome}};
  CLI::App* command = profile.add_subcommand("export", "Write a profile for another viewer");
  command
      ->add_option("file", options.file, "A profile, folded stacks, or perf script's output; - or none: standard input")
      ->type_name("FILE");
  command->add_option("--format", options.format, "folded, pprof, speedscope, firefox or chrome (also for Perfetto)")
      ->required()
      ->transform(CLI::Transformer(formats).description(""))
      ->type_name("FORMAT");
  command->add_option("-o,--output", options.output, "A file; otherwise standard output")->type_name("FILE");
  return command;
}

Status ExportProfile(const ProfileExportOptions& options, std::ostream& out, bool to_terminal) {
  if (options.output.empty() && to_terminal && profile::IsBinary(options.format)) {
    return Fail(ErrorCode::kUsage, "this format is binary, and standard output is a terminal",
                "name a file: -o profile.pb.gz");
  }
  RB_ASSIGN(const Profile profile, LoadProfile(options.file));
  if (!options.output.empty()) return WriteFile(profile, options.format, options.output);
  profile::WriteExport(profile, options.format, out);
  out.flush();
  if (out) return {};
  return Fail(ErrorCode::kInternal, "cannot write the profile: the output is closed or its disk is full");
}

}  // namespace rapidbyte::cli
