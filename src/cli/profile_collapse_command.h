// `rapidbyte profile collapse`: what `perf script` prints, as folded stacks, line by line as stackcollapse-perf.pl.
//
// Profile files and folded stacks become folded stacks too. docs/profile_collapse.md has the options.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"

namespace rapidbyte::cli {

struct ProfileCollapseOptions {
  std::vector<std::string> files;  // none: the standard input, as "-" is
  bool pid = false;
  bool tid = false;
  bool kernel = false;
  bool jit = false;
  bool all = false;
  bool addresses = false;
  bool inlined = false;
  std::string event;  // empty: the first that comes
};

// Adds `collapse` to the command line's `profile`; parsing fills `options`, which must outlive it.
Command AddProfileCollapse(Command profile, ProfileCollapseOptions& options);

// Folded stacks go to `out`, what was left out or not understood to `notes`, a line each. Errors: kConfiguration for a
// file that cannot be read, kUsage for several files that are not perf's, kData with name and line.
Status CollapseProfiles(const ProfileCollapseOptions& options, std::ostream& out, std::ostream& notes);

}  // namespace rapidbyte::cli
