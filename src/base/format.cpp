#include "base/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace rapidbyte {
namespace {

constexpr std::array kDurationUnits = {Unit{1, "s"}, Unit{1e3, "ms"}, Unit{1e6, "µs"}, Unit{1e9, "ns"}};
constexpr std::array kBytesUnits = {Unit{1e-12, "TB"}, Unit{1e-9, "GB"}, Unit{1e-6, "MB"}, Unit{1e-3, "kB"},
                                    Unit{1, "B"}};
constexpr std::array kCountUnits = {Unit{1e-9, "G"}, Unit{1e-6, "M"}, Unit{1e-3, "k"}, Unit{1, ""}};

// The first unit, from the largest, in which the number is at least 1 once it is rounded to three digits. Zero is
// given in the last of the plain ones, so that an empty table cell does not read "0 ns".
Unit PickUnit(double value, std::span<const Unit> units, const Unit& for_zero) {
  if (value == 0 || !std::isfinite(value)) return for_zero;
  for (const Unit& unit : units) {
    if (std::abs(value) * unit.factor >= 0.9995) return unit;
  }
  return units.back();
}

std::string WithUnit(double value, const Unit& unit) {
  std::string text = FormatDigits(value * unit.factor);
  if (!unit.name.empty()) text.append(" ").append(unit.name);
  return text;
}

}  // namespace

Unit DurationUnit(double secs) { return PickUnit(secs, kDurationUnits, kDurationUnits.front()); }
Unit BytesUnit(double bytes) { return PickUnit(bytes, kBytesUnits, kBytesUnits.back()); }
Unit CountUnit(double count) { return PickUnit(count, kCountUnits, kCountUnits.back()); }

std::string FormatDigits(double value) {
  if (!std::isfinite(value)) return "–";
  const double magnitude = std::abs(value);
  if (magnitude == 0) return "0";
  int decimals = 2 - static_cast<int>(std::floor(std::log10(magnitude)));
  // Rounding may carry into the next digit: 9.996 is "10.0", not "10.00".
  if (decimals > 0 && std::round(magnitude * std::pow(10, decimals)) >= 1000) --decimals;
  return fmt::format("{:.{}f}", value, std::max(decimals, 0));
}

std::string FormatDuration(double secs) {
  if (!std::isfinite(secs) || std::abs(secs) < 119.5) return WithUnit(secs, DurationUnit(secs));
  const char* sign = secs < 0 ? "-" : "";
  const auto seconds = static_cast<int64_t>(std::llround(std::abs(secs)));
  if (seconds < 3600) return fmt::format("{}{} min {:02} s", sign, seconds / 60, seconds % 60);
  const int64_t minutes = (seconds + 30) / 60;
  return fmt::format("{}{} h {:02} min", sign, minutes / 60, minutes % 60);
}

std::string FormatBytes(double bytes) {
  const Unit unit = BytesUnit(bytes);
  // Bytes are whole unless they are a mean; a count below 1 kB is exact.
  if (unit.factor == 1 && bytes == std::floor(bytes)) return fmt::format("{:.0f} B", bytes);
  return WithUnit(bytes, unit);
}

std::string FormatRate(double per_sec, std::string_view noun) {
  const Unit unit = CountUnit(per_sec);
  return fmt::format("{}{} {}/s", FormatDigits(per_sec * unit.factor), unit.name, noun);
}

std::string FormatThousands(uint64_t count) {
  std::string text = std::to_string(count);
  for (size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, 1, ',');
  return text;
}

}  // namespace rapidbyte
