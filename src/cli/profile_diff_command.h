// `rapidbyte profile diff`: what takes more or less time after a change than before it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"
#include "profile/difference.h"
#include "report/flamegraph.h"

namespace rapidbyte::cli {

struct ProfileDiffOptions {
  std::vector<std::string> before, after;  // profiles, one per run
  std::string output;                      // empty: standard output
  std::string format;                      // svg, text, json; empty: by the output's name, or else text
  std::string state = "on";
  profile::DifferenceOptions difference;
  report::DifferentialOptions picture;
};

// Adds `diff` with its options to the command line's `profile`; parsing fills `options`, which must outlive it.
Command AddProfileDiff(Command profile, ProfileDiffOptions& options);

// Errors: those of reading and writing, and kData where a profile has nothing to compare.
Status DiffProfiles(const ProfileDiffOptions& options);
int RunProfileDiff(const ProfileDiffOptions& options);

}  // namespace rapidbyte::cli
