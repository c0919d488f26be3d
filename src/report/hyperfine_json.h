// The results of `bench cmd` in the form of hyperfine's --export-json and --export-csv, for scripts that read those.
//
// Schema: hyperfine's src/benchmark/benchmark_result.rs. Times are seconds. Commands without a successful run are
// left out. Pure; any thread.
#pragma once

#include <string>

#include "report/command_analysis.h"

namespace rapidbyte::report {

// What hyperfine computes and a report of medians does not.
struct HyperfineNumbers {
  double mean = 0;
  std::optional<double> stddev;  // nothing for a single run
  double median = 0, user = 0, system = 0, min = 0, max = 0;
};
HyperfineNumbers HyperfineNumbersOf(const CommandNumbers& numbers);  // of at least one run

std::string HyperfineJson(const CommandAnalysis& analysis);
// command,mean,stddev,median,user,system,min,max and a column parameter_NAME for each parameter.
std::string HyperfineCsv(const CommandAnalysis& analysis);

}  // namespace rapidbyte::report
