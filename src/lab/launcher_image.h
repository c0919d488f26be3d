// The launcher's executable, which is part of ours and is run from memory: there is no second file to install.
#pragma once

#include <string>

#include "base/result.h"

namespace rapidbyte::lab {

// A path to exec; valid while this process lives. Errors: kInternal where the kernel has no memfd.
Result<std::string> LauncherPath();

}  // namespace rapidbyte::lab
