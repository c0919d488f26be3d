#include "yaml/wording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/nearest_name.h"

namespace rapidbyte::yaml {
namespace {

std::optional<uint64_t> UnitBytes(std::string_view unit) {
  struct {
    std::string_view name;
    uint64_t bytes;
  } constexpr units[] = {{"", 1},           {"B", 1},         {"kB", 1000},          {"KB", 1000},    {"KiB", 1 << 10},
                         {"MB", 1'000'000}, {"MiB", 1 << 20}, {"GB", 1'000'000'000}, {"GiB", 1 << 30}};
  for (const auto& known : units) {
    if (known.name == unit) return known.bytes;
  }
  return std::nullopt;
}

}  // namespace

std::string Shortened(const std::string& text) {
  size_t length = std::min<size_t>(text.size(), 60);
  while (length < text.size() && length > 0 && (text[length] & 0xC0) == 0x80) --length;  // not inside of a character
  std::string shortened = text.substr(0, length) + (length < text.size() ? "…" : "");
  std::replace_if(
      shortened.begin(), shortened.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return shortened;
}

std::string Quoted(const std::string& text) { return "\"" + Shortened(text) + "\""; }

std::string DidYouMean(std::string_view word, std::span<const std::string_view> names) {
  const std::string_view nearest = NearestName(word, names);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

std::string Alternatives(std::span<const std::string_view> names) {
  if (names.empty()) return "none";
  if (names.size() == 1) return std::string(names[0]);
  return fmt::format("{} or {}", fmt::join(names.first(names.size() - 1), ", "), names.back());
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> ParseBytes(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const size_t unit_at = std::min(text.find_first_not_of(' ', digits), text.size());
  const auto number = ParseNumber(text.substr(0, digits));
  const auto unit = UnitBytes(text.substr(unit_at));
  uint64_t bytes = 0;
  if (!number || !unit || __builtin_mul_overflow(*number, *unit, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace rapidbyte::yaml
