// Numbers for people: durations, bytes, rates and counts with a unit and three significant digits.
//
// Decimal units throughout: a kilobyte is 1000 bytes, as docs/formats/bench_line.md has it. Texts are UTF-8. For
// the host only; a connector has no formatting library. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rapidbyte {

// A unit to print a value in: value * factor is the number before the name. The name is a static string.
struct Unit {
  double factor = 1;
  std::string_view name;
};

// The unit in which `value` reads best. Tables choose it once for a row of values.
Unit DurationUnit(double secs);  // ns, µs, ms or s
Unit BytesUnit(double bytes);    // B, kB, MB, GB, TB
Unit CountUnit(double count);    // nothing, k, M, G

// Three significant digits without an exponent: 0.0123, 1.20, 45.6, 1235. What is not finite gives "–".
std::string FormatDigits(double value);

std::string FormatDuration(double secs);                        // "1.20 ms", "45.6 s", "2 min 05 s", "3 h 20 min"
std::string FormatBytes(double bytes);                          // "118 B", "12.2 MB"
std::string FormatRate(double per_sec, std::string_view noun);  // "97.2k rows/s"; byte rates: FormatBytes + "/s"
std::string FormatThousands(uint64_t count);                    // "1,000,000"

}  // namespace rapidbyte
