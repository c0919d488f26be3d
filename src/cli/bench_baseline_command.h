// `rapidbyte bench baseline`: names for what later runs are held against, as baseline:NAME.
#pragma once

#include <string>

#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchBaselineOptions {
  std::string name;    // empty: list them
  std::string target;  // a campaign or a commit of the store; empty: the last commit
  std::string store = "target/bench_results/results.db";
};

// Adds `baseline` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchBaseline(Command bench, BenchBaselineOptions& options);

int RunBenchBaseline(const BenchBaselineOptions& options);

}  // namespace rapidbyte::cli
