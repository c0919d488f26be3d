// Texts of a picture: names from anywhere made fit for XML, JSON and a reader's eyes. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::report {

// As Printable. Longer than `limit` bytes, it keeps its beginning and its end.
std::string CleanText(std::string_view text, size_t limit = 500);

std::string XmlText(std::string_view clean);     // for an element's or an attribute's content
std::string JsonString(std::string_view clean);  // with its quotes; holds no '<' or '>', so that no script ends early

std::string JsonStrings(const std::vector<std::string>& clean);  // what stands between the brackets of an array

// As many columns as fit, the last one "…" where something was cut.
std::string Shortened(const std::string& clean, size_t columns);

std::string FormatPercent(double share);                    // "12.3%", "0.02%", "< 0.01%"
std::string FormatValue(double value, profile::Unit unit);  // "1.20 ms", "1,234 samples"
std::string FormatSamples(double count);                    // "1 sample", "1,234 samples"

}  // namespace rapidbyte::report
