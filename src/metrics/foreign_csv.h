// A CSV as a table of measurements: columns of numbers are metrics, the others say what was measured.
//
// Pure; any thread. See foreign_table.h for what the columns mean.
#pragma once

#include <string_view>

#include "base/result.h"
#include "metrics/foreign_table.h"

namespace rapidbyte::metrics {

// Errors as of ReadForeignTable.
Result<ForeignTable> ReadCsvTable(std::string_view text, std::string_view name, const ForeignOptions& options);

// "ms" of "latency_ms", "latency (ms)" and "latency [ms]"; empty where the name has no unit that is known.
std::string UnitOfColumn(std::string_view column);

}  // namespace rapidbyte::metrics
