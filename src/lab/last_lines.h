// What to show of a command that failed. Pure; any thread.
#pragma once

#include <string>

#include "lab/subprocess.h"

namespace rapidbyte::lab {

// The end of what it printed: the last lines of standard output and then of errors, a handful of them in all. Empty
// where it printed nothing.
std::string LastLines(const SubprocessResult& result);

}  // namespace rapidbyte::lab
