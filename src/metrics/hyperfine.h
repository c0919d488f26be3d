// What hyperfine writes with --export-json. Pure; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"
#include "metrics/foreign_table.h"

namespace rapidbyte::metrics {

bool LooksLikeHyperfine(const nlohmann::json& document);

// The metrics are wall, one value for each run, max_rss where the file has it, and user and system, of which hyperfine
// keeps only the means: one value each. The cell is the command and its parameters. Errors: kData.
Result<ForeignTable> ReadHyperfine(const nlohmann::json& document, std::string_view name);

}  // namespace rapidbyte::metrics
