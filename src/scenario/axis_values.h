// The values of an axis as people write them, and the other small values of a scenario. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::scenario {

// More values or cells than this are a mistake, not a matrix.
inline constexpr size_t kMaxCells = 10'000;

// "1..9:2" is 1 3 5 7 9, "1..8" goes by 1; both ends belong to it. Whole numbers, ascending. nullopt where the text is
// no range at all (no number on either side of ".."; a path). Errors: kConfiguration.
std::optional<Result<std::vector<std::string>>> ParseRange(std::string_view text);

// "a,b,1..3" as the command line has it; items may be ranges. Errors: kConfiguration: an empty item, one that occurs
// twice.
Result<std::vector<std::string>> ParseValueList(std::string_view text);

// "key=a,b" and the like, cut at the first '='. Errors: kUsage.
struct KeyValue {
  std::string key, value;
};
std::optional<KeyValue> CutAtEquals(std::string_view text);

std::optional<double> ParseDurationSecs(std::string_view text);     // 500ms, 120s, 10m, 1h; 1.5s; positive
std::optional<double> ParsePercent(std::string_view text);          // "1.5%" is 0.015; above 0%, up to 100%
std::optional<double> ParsePercentOrNumber(std::string_view text);  // the same, or "1.5" where the sign is understood

}  // namespace rapidbyte::scenario
