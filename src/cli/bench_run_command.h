// `rapidbyte bench run [FILE|SUITE]`: measures a scenario, or all scenarios of a folder, and reports.
//
// Without a file it is the built-in scenario: INSERT against COPY. What people watch (header, progress) goes to stderr,
// the report to stdout and into report.txt beside the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/bench_profile.h"
#include "cli/options.h"
#include "scenario/matrix.h"

namespace rapidbyte::cli {

struct BenchRunOptions {
  std::filesystem::path path;  // empty: the built-in scenario
  scenario::Overrides overrides;
  std::vector<std::string> modes;  // short for the axis load_method
  std::string runtime;             // short for axes of one value
  std::string compression;
  std::string dsn;               // instead of the scenario's environment
  std::optional<uint64_t> seed;  // nothing: a random one
  bool until_decided = false;
  std::optional<uint32_t> max_blocks;
  std::string max_time;
  std::optional<double> timeout_secs;  // of one run
  bool dry_run = false;
  bool fresh = false;
  bool json = false;
  bool why = false;
  bool profile = false;
  ProfileRequest profile_request;
  std::string store = "target/bench_results/results.db";  // a file or a PostgreSQL server
};

// Adds `run` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchRun(Command bench, BenchRunOptions& options);

// The exit code: that of the worst run where one failed, 130 after Ctrl-C.
int RunBenchCommand(const BenchRunOptions& options);

}  // namespace rapidbyte::cli
