// Profiles read from files or standard input, and pictures written to them: what the `profile` commands share.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::cli {

// `path` may be "-", standard input. Errors: kConfiguration where the file cannot be read, kData for what it holds.
Result<profile::Profile> LoadProfile(const std::string& path);

// To standard output where `path` is empty or "-". A file is renamed into place when it is whole. Errors:
// kConfiguration where it cannot be made, kInternal where it cannot be written.
Status WriteOutput(const std::string& path, std::string_view text);

}  // namespace rapidbyte::cli
