// A profile from a file or the standard input, whatever kind of text it is.
//
// What `perf script` prints is read as it comes, so that it may be larger than memory; the others are read whole.
#pragma once

#include <string>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::cli {

// "-" is the standard input. Errors: kConfiguration where it cannot be read, kData with name and line.
Result<profile::Profile> LoadProfile(const std::string& path);

}  // namespace rapidbyte::cli
