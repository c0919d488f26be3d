// `rapidbyte bench profile [SCENARIO]`: where the time of a scenario's cells goes, as flamegraphs.
#pragma once

#include <filesystem>
#include <string>

#include "cli/bench_profile.h"
#include "scenario/matrix.h"

namespace CLI {
class App;
}

namespace rapidbyte::cli {

struct BenchProfileOptions {
  std::filesystem::path path;  // empty: the built-in scenario
  scenario::Overrides overrides;
  std::string mode;  // short for the axis load_method
  std::string dsn;   // instead of the scenario's environment
  ProfileRequest request;
  bool on_cpu_only = false;
};

// Adds `profile` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
CLI::App* AddBenchProfile(CLI::App& bench, BenchProfileOptions& options);

// The exit code.
int RunBenchProfile(const BenchProfileOptions& options);

}  // namespace rapidbyte::cli
