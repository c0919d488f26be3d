// `rapidbyte profile draw`: a profile as a flamegraph, one SVG that any browser opens.
#pragma once

#include <string>

#include "cli/options.h"
#include "report/flamegraph.h"

namespace rapidbyte::cli {

struct ProfileDrawOptions {
  std::string input = "-";  // a profile file, folded stacks or the text of perf script
  std::string output;       // empty: standard output
  report::FlamegraphOptions picture;
};

// Adds `draw` with its options to the command line's `profile`; parsing fills `options`, which must outlive it.
Command AddProfileDraw(Command profile, ProfileDrawOptions& options);

int RunProfileDraw(const ProfileDrawOptions& options);

}  // namespace rapidbyte::cli
