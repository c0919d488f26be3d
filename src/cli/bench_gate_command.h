// `rapidbyte bench gate`: whether a commit may be merged, as an exit code.
//
// 0 no regression, 1 a regression, 2 inconclusive (--inconclusive pass makes it 0), 3 the gate itself failed.
#pragma once

#include <string>
#include <vector>

#include "cli/bench_selection.h"
#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchGateOptions {
  SelectionOptions selection;
  std::string baseline;               // a side (bench_sides.h), or window:N
  std::string candidate;              // a side; empty: the last commit that compares with it
  std::string inconclusive = "fail";  // fail | pass
  std::string format = "text";        // of what is printed: text, markdown, json
  std::string markdown_file, junit_file, json_file;
  bool why = false;
};

// Adds `gate` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchGate(Command bench, BenchGateOptions& options);

int RunBenchGate(const BenchGateOptions& options);

}  // namespace rapidbyte::cli
