#include "scenario/axis_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "yaml/wording.h"

namespace rapidbyte::scenario {
namespace {

tl::unexpected<Error> Refuse(std::string what) { return Fail(ErrorCode::kConfiguration, std::move(what)); }

std::optional<double> ParseDecimal(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number) || std::signbit(number)) return std::nullopt;
  return number;
}

bool IsNumber(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

}  // namespace

std::optional<Result<std::vector<std::string>>> ParseRange(std::string_view text) {
  const size_t dots = text.find("..");
  const size_t end = dots == text.npos ? text.npos : dots + 2;
  // A number on one side of the dots means one on the other, too; "../data" and "a..b" are texts.
  const bool is_range = dots != text.npos && (IsNumber(text.substr(0, dots)) || IsNumber(text.substr(end))) &&
                        text.find('/') == text.npos;
  if (!is_range && (dots == text.npos || text.find_first_not_of("0123456789.:") != text.npos)) return std::nullopt;
  const size_t colon = text.find(':', dots);
  const auto first = yaml::ParseNumber(text.substr(0, dots));
  const auto last = yaml::ParseNumber(text.substr(dots + 2, colon == text.npos ? colon : colon - dots - 2));
  const auto step = colon == text.npos ? std::optional<uint64_t>(1) : yaml::ParseNumber(text.substr(colon + 1));
  if (!first || !last || !step || *step == 0 || *first > *last) {
    return Refuse(fmt::format("expected a range that ascends, as 1..8 or 1..9:2, found \"{}\"", text));
  }
  if ((*last - *first) / *step >= kMaxCells) {
    return Refuse(fmt::format("the range {} has more than {} values", text, kMaxCells));
  }
  std::vector<std::string> values;
  for (uint64_t i = 0; i <= (*last - *first) / *step; ++i) values.push_back(std::to_string(*first + i * *step));
  return values;
}

Result<std::vector<std::string>> ParseValueList(std::string_view text) {
  if (!IsUtf8(text)) return Refuse(fmt::format("expected UTF-8, found \"{}\"", EscapeInvalid(text)));
  std::vector<std::string> values;
  size_t at = 0;
  while (at <= text.size()) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view item = text.substr(at, comma - at);
    if (item.empty())
      return Refuse(fmt::format("expected values separated by commas, found {}", yaml::Quoted(std::string(text))));
    std::vector<std::string> found{std::string(item)};
    if (const auto range = ParseRange(item)) {
      if (!*range) return Fail(range->error());
      found = **range;
    }
    values.insert(values.end(), found.begin(), found.end());
    at = comma + 1;
  }
  for (auto value = values.begin(); value != values.end(); ++value) {
    if (std::find(values.begin(), value, *value) != value) {
      return Refuse(fmt::format("{} is listed twice", yaml::Quoted(*value)));
    }
  }
  return values;
}

std::optional<KeyValue> CutAtEquals(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) return std::nullopt;
  return KeyValue{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::optional<double> ParseDurationSecs(std::string_view text) {
  const size_t unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view unit = text.substr(unit_at);
  const auto number = ParseDecimal(text.substr(0, unit_at));
  const double factor = unit == "ms" ? 0.001 : unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (!number || *number * factor <= 0) return std::nullopt;
  return *number * factor;
}

std::optional<double> ParsePercentOrNumber(std::string_view text) {
  return ParsePercent(text.ends_with('%') ? std::string(text) : std::string(text) + "%");
}

std::optional<double> ParsePercent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto number = ParseDecimal(text.substr(0, text.size() - 1));
  if (!number || *number <= 0 || *number > 100) return std::nullopt;
  return *number / 100;
}

}  // namespace rapidbyte::scenario
