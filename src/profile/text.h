// What the readers of profiles share: places in a text, numbers, and texts that are not UTF-8.
//
// A text that begins with a UTF-16 byte order mark is converted, since that is what a shell on Windows writes to a
// file; one with bytes of zero is refused, as is one that is compressed. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapidbyte::profile {

std::string Place(std::string_view name, size_t line);  // "perf.txt:7"; lines count from 1

// The beginning of a line, to be shown in a message: printable, and not long.
std::string Excerpt(std::string_view line);

// The whole text as a finite decimal number, with a sign, fraction and exponent if it has them.
std::optional<double> NumberOf(std::string_view text);

// A whole number as digits, anything else with its fraction, never with an exponent.
void AppendNumber(double value, std::string& out);

// Takes a text in pieces and gives it as UTF-8, without a byte order mark. The first piece has the mark whole, if there
// is one.
class TextDecoder {
 public:
  // The next piece; the view holds until the next call, or as long as `piece` does. Errors: kData.
  Result<std::string_view> Next(std::string_view piece, std::string_view name);
  // Whether the text, if this was all, ends within a character of UTF-16, which is left out.
  bool is_cut() const { return !half_.empty() || high_surrogate_ != 0; }

 private:
  enum class Encoding { kUnknown, kUtf8, kUtf16Little, kUtf16Big };
  std::string_view Begin(std::string_view piece);
  void Convert(std::string_view piece);
  void Append(uint16_t unit);

  Encoding encoding_ = Encoding::kUnknown;
  std::string half_;  // of a UTF-16 unit
  std::string converted_;
  uint16_t high_surrogate_ = 0;
};

// The same for a whole text; `storage` holds it where it had to be converted.
Result<std::string_view> DecodeText(std::string_view text, std::string_view name, std::string& storage);

}  // namespace rapidbyte::profile
