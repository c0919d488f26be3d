#include "cli/profile_export_command.h"

#include <map>

#include "cli/load_profile.h"
#include "cli/write_output.h"

namespace rapidbyte::cli {
namespace {

using profile::ExportFormat;
using profile::Profile;

}  // namespace

Command AddProfileExport(Command profile, ProfileExportOptions& options) {
  static const std::map<std::string, ExportFormat> formats = {{"folded", ExportFormat::kFolded},
                                                              {"pprof", ExportFormat::kPprof},
                                                              {"speedscope", ExportFormat::kSpeedscope},
                                                              {"firefox", ExportFormat::kFirefox},
                                                              {"chrome", ExportFormat::kChrome}};
  return profile.AddCommand("export", "Write a profile for another viewer", [&options](Command command) {
    command.Add("file", options.file, "A profile, folded stacks, or perf script's output; - or none: standard input")
        .Type("FILE");
    command
        .AddChoice("--format", options.format, formats,
                   "folded, pprof, speedscope, firefox or chrome (also for Perfetto)")
        .Required()
        .Type("FORMAT");
    command.Add("-o,--output", options.output, "A file; otherwise standard output").Type("FILE");
  });
}

Status ExportProfile(const ProfileExportOptions& options, std::ostream& out, bool to_terminal) {
  const bool to_stream = options.output.empty() || options.output == "-";
  if (to_stream && to_terminal && profile::IsBinary(options.format)) {
    return Fail(ErrorCode::kUsage, "this format is binary, and standard output is a terminal",
                "name a file: -o profile.pb.gz");
  }
  RB_ASSIGN(const Profile profile, LoadProfile(options.file));
  if (!to_stream) {
    return WriteOutput(options.output.string(),
                       [&](std::ostream& file) { profile::WriteExport(profile, options.format, file); });
  }
  profile::WriteExport(profile, options.format, out);
  out.flush();
  if (out) return {};
  return Fail(ErrorCode::kConfiguration, "cannot write the profile: the output is closed or its disk is full");
}

}  // namespace rapidbyte::cli
