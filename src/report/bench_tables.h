// The tables of a benchmark's report, for a terminal of 80 columns. Pure; docs/statistics.md says what they hold.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/bench_analysis.h"

namespace rapidbyte::report {

inline constexpr size_t kPageWidth = 80;

// One row a metric: median and range of one cell, or of the first and one `other` cell with the ratio other / first.
std::string MetricTable(const BenchAnalysis& analysis);
std::string MetricTable(const BenchAnalysis& analysis, size_t other);

// One row a host function: medians of its calls and times, for at most two cells.
std::string HostFunctionTable(const BenchAnalysis& analysis, const std::vector<size_t>& cells);

}  // namespace rapidbyte::report
