// `rapidbyte bench history`: a metric over the commits, and where its level changed.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchHistoryOptions {
  std::string file;                  // numbers made elsewhere; empty: the store
  std::string time_column;           // of a CSV
  std::vector<std::string> metrics;  // empty: wall, or all of a file
  std::string scenario;
  std::string rows;
  std::vector<std::string> filters;
  bool points = false;  // print every point
  bool json = false;
  std::string store = "target/bench_results/results.db";
};

// Adds `history` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchHistory(Command bench, BenchHistoryOptions& options);

int RunBenchHistory(const BenchHistoryOptions& options);

}  // namespace rapidbyte::cli
