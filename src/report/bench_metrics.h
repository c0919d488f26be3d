// The metrics of a benchmark's report: what they are called, where they stand in a sample, in which unit.
//
// docs/formats/bench_line.md defines the keys. Values are in seconds, bytes or plain counts. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/sample.h"

namespace rapidbyte::report {

enum class Quantity { kSeconds, kBytes, kCount, kRowsPerSecond, kBytesPerSecond };
std::string_view UnitName(Quantity quantity);  // "s", "bytes", "count", "rows/s", "bytes/s"

struct Metric {
  std::string key;    // of the sample's line; parts of a nested key are divided by '/'
  std::string group;  // heading in the table
  std::string label;  // at most 16 columns wide, two spaces for each level it belongs deeper
  Quantity quantity = Quantity::kSeconds;
  double scale = 1;  // value in the line times scale is in the quantity's unit
};

// The one that decides: from before the process is made until it is reaped.
inline constexpr std::string_view kPrimaryMetric = "wall_secs";

// In the order of the report.
std::span<const Metric> TableMetrics();

// One host function of one side that at least one of the samples called.
struct HostFunctionMetrics {
  std::string side;  // source | destination
  std::string function;
  std::vector<Metric> metrics;  // count, total, work, wait, stall, max
};
std::vector<HostFunctionMetrics> HostFunctionsOf(std::span<const record::Sample> samples);

// Nothing where the sample does not have it, or has no finite number.
std::optional<double> ValueOf(const Metric& metric, const record::Sample& sample);

}  // namespace rapidbyte::report
