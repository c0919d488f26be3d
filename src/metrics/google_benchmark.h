// What Google Benchmark prints with --benchmark_format=json, or writes with --benchmark_out.
//
// Times are seconds here, whatever the file's time_unit. Repetitions are gathered under their benchmark's name; the
// aggregates that the program computed (mean, median, stddev, cv, …) are kept apart. Pure; any thread.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::metrics {

struct GoogleBenchmarkSeries {
  std::string name;                                                 // run_name: without the aggregate's suffix
  std::map<std::string, std::vector<double>> values;                // measure -> one per repetition
  std::map<std::string, std::map<std::string, double>> aggregates;  // aggregate -> measure -> value
  std::string error;                                                // what the benchmark failed or was skipped with
};

// A measure is real_time, cpu_time or the name of a counter.
bool IsBenchmarkTime(std::string_view measure);

bool LooksLikeGoogleBenchmark(const nlohmann::json& document);

// In the order of the file. Errors: kData, naming the entry that is wrong.
Result<std::vector<GoogleBenchmarkSeries>> ReadGoogleBenchmark(const nlohmann::json& document);

}  // namespace rapidbyte::metrics
