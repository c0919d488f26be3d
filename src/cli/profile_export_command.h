// `rapidbyte profile export`: a profile in the format of another viewer.
//
// A file is written under another name first and renamed when it is whole. docs/formats/profile_exports.md has the
// formats and who opens them.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>

#include "base/result.h"
#include "cli/options.h"
#include "profile/export/export.h"

namespace rapidbyte::cli {

struct ProfileExportOptions {
  std::string file = "-";  // standard input
  profile::ExportFormat format = profile::ExportFormat::kFolded;
  std::filesystem::path output;  // empty: the given stream
};

// Adds `export` to the command line's `profile`; parsing fills `options`, which must outlive it.
Command AddProfileExport(Command profile, ProfileExportOptions& options);

// Writes to `out` unless the options name a file. `to_terminal`: a person would see what `out` gets. Errors: kUsage for
// a binary format on a terminal, kConfiguration for a file that cannot be read or made, kData with name and line for
// what is no profile, kInternal for the disk.
Status ExportProfile(const ProfileExportOptions& options, std::ostream& out, bool to_terminal);

}  // namespace rapidbyte::cli
