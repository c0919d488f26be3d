// A command line that cannot be parsed, told as every other error is: what was wrong, and the nearest name there is.
#pragma once

#include "base/result.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rapidbyte::cli {

// kUsage. `root` is the application whose parsing threw `error`; it knows how far it had come.
Error UsageError(const CLI::App& root, const CLI::ParseError& error);

}  // namespace rapidbyte::cli
