// `rapidbyte bench bisect GOOD BAD`: finds the commit that made a program slower.
//
// First GOOD and BAD are measured side by side: they must differ. Then commits between them, each in one campaign with
// both ends, until it is decided on which side it lies; at the end the commit that was found, against the one before
// it. The levels of all tests are divided by the number of campaigns. docs/compare_commits.md has the details.
#pragma once

#include <ostream>
#include <string>

#include "base/result.h"
#include "cli/bench_measure.h"
#include "report/bisect_report.h"

namespace rapidbyte::cli {

struct BenchBisectOptions {
  std::string good, bad;
  MeasureOptions measure;
  std::string metric;     // empty: the scenario's primary one
  std::string threshold;  // "3%"; empty: the scenario's for the ends, half of the change for the steps
  bool json = false;
  std::string store = "target/bench_results/results.db";
};

// Adds `bisect` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchBisect(Command bench, BenchBisectOptions& options);

// Each step is told to `log` when it has ended. Errors: as MeasureCommits; kUsage for a metric or a threshold that
// cannot be, and where no commits lead from GOOD to BAD; the failure of a run of an end; kInterrupted.
Result<report::BisectReport> Bisect(const BenchBisectOptions& options, store::SampleStore& store,
                                    const lab::Interrupt& interrupt, BenchProgress& progress, std::ostream& log);

// The exit code: 0 where the commit was found, 2 where not, else the error's.
int RunBisectCommand(const BenchBisectOptions& options);

}  // namespace rapidbyte::cli
