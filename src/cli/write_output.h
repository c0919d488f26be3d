// What a command made, to a file or to the standard output.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rapidbyte::cli {

// To standard output where `path` is empty or "-". A file is renamed into place when it is whole; a device or a pipe is
// written to. Errors: kConfiguration where it cannot be made, kInternal where it cannot be written.
Status WriteOutput(const std::string& path, std::string_view text);

}  // namespace rapidbyte::cli
