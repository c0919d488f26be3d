// Where a metric stands in what a program printed or wrote, and the number that stands there.
//
// A source is checked once, when a scenario is loaded, and then asked for its number after every run. Times of Google
// Benchmark and Go come out in seconds, rates of Go in bytes a second; anything else is the number as printed. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace rapidbyte::metrics {

// A key of the document behind the last line @@BENCH_JSON@@{…}, or a path into it (json_path.h).
struct BenchLineMetric {
  std::string key;
};

// A path (json_path.h) into text that is JSON, or whose last line is.
struct JsonMetric {
  std::string path;
};

// A regular expression (RE2: Perl's without backreferences and look-around) with one group, which is a number. The
// last match in the text counts; ^ and $ match at lines.
struct RegexMetric {
  std::string pattern;
};

// A benchmark of Google Benchmark's JSON, by its name or run_name. The median of its repetitions, or the aggregate that
// the program computed: the named one, or its median (then its mean) where it printed aggregates only.
struct GoogleBenchmarkMetric {
  std::string name;
  std::string measure = "real_time";  // or cpu_time, or a counter
  std::string aggregate = {};         // mean, median, stddev, …; empty: the median of the repetitions
};

// A benchmark of `go test -bench`; the median where it was run several times.
struct GoBenchmarkMetric {
  std::string name;  // with or without "Benchmark" before and "-8" behind
  std::string unit = "ns/op";
};

using MetricSource = std::variant<BenchLineMetric, JsonMetric, RegexMetric, GoogleBenchmarkMetric, GoBenchmarkMetric>;

// Errors: kConfiguration for a path, pattern or name that can never give a number.
Status CheckSource(const MetricSource& source);

// Errors: kData, saying what was looked for and the nearest name there is; kConfiguration as CheckSource.
Result<double> Extract(const MetricSource& source, std::string_view text);

// "s" and "B/s" where the source says so, empty where only the program knows.
std::string UnitOf(const MetricSource& source);

// Whether less is better, judged by the name of a metric and its unit: rates ("rows_per_sec", "MB/s", "throughput") are
// better high, everything else is better low.
bool LowerIsBetter(std::string_view metric, std::string_view unit = {});

}  // namespace rapidbyte::metrics
