// The text that `go test -bench` prints: one line for each run of a benchmark.
//
//   BenchmarkName/key=value-8   100   123 ns/op   4 B/op   12.3 MB/s
//
// As benchstat has it (golang.org/x/perf, the "Go benchmark data format"): every line gives one value per unit, -8 is
// GOMAXPROCS, key=value parts of the name are dimensions, lines of another form are none of ours. ns/op becomes
// seconds (sec/op), MB/s becomes bytes a second (B/s). Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::metrics {

struct GoBenchmarkLine {
  size_t line = 0;                       // of the file, from 1
  std::string name;                      // as printed: "BenchmarkX/size=1k-8"
  std::string package;                   // of the last "pkg:" line above; may be empty
  std::map<std::string, double> values;  // by unit: sec/op, B/op, allocs/op, B/s, …
};

bool LooksLikeGoBenchmark(std::string_view text);

// Errors: kData with the line, in the file `name` where it is one, of a benchmark whose numbers cannot be read.
Result<std::vector<GoBenchmarkLine>> ReadGoBenchmark(std::string_view text, std::string_view name = {});

// The unit that values printed with `unit` are kept under: "sec/op" for "ns/op".
std::string GoUnit(std::string_view unit);

// What a value kept under `unit` is counted in: "s" for "sec/op", "B" for "B/op".
std::string GoValueUnit(std::string_view unit);

// The dimensions in a name: benchmark, procs, and one for each part key=value.
std::map<std::string, std::string> GoDimensions(std::string_view name);

// Whether `wanted` names the line: the name as printed, or without "-8", or without "Benchmark".
bool GoNameMatches(std::string_view printed, std::string_view wanted);

}  // namespace rapidbyte::metrics
