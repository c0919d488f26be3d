#include "yaml/wording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/nearest_name.h"

namespace rapidbyte::yaml {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr Unit kByteUnits[] = {{"", 1},          {"B", 1},          {"kB", 1000},     {"KB", 1000},
                               {"KiB", 1 << 10}, {"MB", 1'000'000}, {"MiB", 1 << 20}, {"GB", 1'000'000'000},
                               {"GiB", 1 << 30}};
constexpr Unit kMilliUnits[] = {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"m", 60'000}, {"h", 3'600'000}};

// A whole number and one of `units`, with or without blanks between them.
std::optional<uint64_t> ParseQuantity(std::string_view text, std::span<const Unit> units) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const size_t unit_at = std::min(text.find_first_not_of(' ', digits), text.size());
  const auto number = ParseNumber(text.substr(0, digits));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == text.substr(unit_at); });
  uint64_t quantity = 0;
  if (!number || unit == units.end() || __builtin_mul_overflow(*number, unit->factor, &quantity)) return std::nullopt;
  return quantity;
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

std::optional<uint64_t> ParseBytes(std::string_view text) { return ParseQuantity(text, kByteUnits); }

std::optional<uint64_t> ParseDurationMillis(std::string_view text) {
  if (text == "0") return 0;
  return ParseQuantity(text, kMilliUnits);
}

}  // namespace rapidbyte::yaml
