// JSON that a program printed: parsed with errors that name the line, and bounded by base/json.
//
// The document behind the last @@BENCH_JSON@@ line is found here too. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace rapidbyte::metrics {

// Less than a line of samples may have, which holds the document some levels down.
inline constexpr JsonLimits kOutputLimits = {.depth = 250, .bytes = size_t{48} << 20};

// Errors: kData, with the line of what is no JSON, in the file `name` where it is one.
Result<nlohmann::json> ParseOutputJson(std::string_view text, std::string_view name = {});

// The whole text where it is one JSON value, or else its last line with text on it, which must be an object or array:
// what a program prints after its other output. Errors: kData.
Result<nlohmann::json> ParseJsonOutput(std::string_view text);

// The object behind the last line that begins with @@BENCH_JSON@@. Errors: kInternal where there is none or where it is
// no JSON object.
Result<nlohmann::json> FindBenchLine(std::string_view output);

bool HasBenchLine(std::string_view output);

}  // namespace rapidbyte::metrics
