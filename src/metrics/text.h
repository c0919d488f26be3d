// Small readers of text that other programs wrote: lines, numbers, encodings, and names that are missing.
//
// Views point into the caller's text. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::metrics {

std::string_view Trim(std::string_view text);  // of spaces, tabs and line ends

// Without their ends, LF or CRLF; no empty line after the last end.
std::vector<std::string_view> Lines(std::string_view text);

std::vector<std::string_view> Words(std::string_view line);  // between spaces and tabs

// The number that the whole text is, decimal with an optional sign and exponent, or nothing: infinities, NaN and what
// no double can hold are no numbers here.
std::optional<double> ParseNumber(std::string_view text);

// The text without a UTF-8 byte order mark. Errors: kData for UTF-16, UTF-32 and for bytes of zero, which no text has.
Result<std::string_view> PlainText(std::string_view text);

// "results.csv:7" where the text has a name, otherwise "line 7"; lines count from 1.
std::string Place(std::string_view name, size_t line);

// What to say after "there is no X": "; nearest: 'Y'", or else the first few names there are.
std::string Suggestion(std::string_view missing, std::span<const std::string> names);

// Of at least one value; the mean of the middle two where their number is even.
double Median(std::vector<double> values);

}  // namespace rapidbyte::metrics
