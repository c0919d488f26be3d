// `rapidbyte bench profile [SCENARIO]`: where the time of a scenario's cells goes, as flamegraphs.
//
// With --of RUN it runs the cells of an earlier `bench run`, or of commits measured in turns, again: each with the
// program that was measured. `bench explain` finds these profiles.
#pragma once

#include <filesystem>
#include <string>

#include "cli/bench_profile.h"
#include "cli/options.h"
#include "scenario/matrix.h"

namespace rapidbyte::cli {

struct BenchProfileOptions {
  std::filesystem::path path;  // empty: the built-in scenario
  scenario::Overrides overrides;
  std::string mode;  // short for the axis load_method
  std::string dsn;   // instead of the scenario's environment
  std::string of;    // a campaign whose cells are run again; instead of path, overrides but filters, and mode
  std::string store = "target/bench_results/results.db";
  ProfileRequest request;
  bool on_cpu_only = false;
};

// Adds `profile` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchProfile(Command bench, BenchProfileOptions& options);

// The exit code.
int RunBenchProfile(const BenchProfileOptions& options);

}  // namespace rapidbyte::cli
