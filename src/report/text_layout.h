// Laying out text for a terminal: widths in columns, padding, wrapping. UTF-8, every code point one column wide. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rapidbyte::report {

size_t DisplayWidth(std::string_view text);
std::string PadLeft(const std::string& text, size_t width);  // right-aligned
std::string PadRight(std::string text, size_t width);        // left-aligned

// `text` broken at spaces into lines of at most `width` columns, each ended by a line feed. The first line starts with
// `first`, the others with as many spaces. A word that is too long is broken inside.
std::string Wrap(std::string_view first, std::string_view text, size_t width);

// One line of at most `width` columns; "…" stands for what was cut off.
std::string Cut(const std::string& text, size_t width);

std::string Joined(const std::vector<std::string>& words);  // "a, b, c"

}  // namespace rapidbyte::report
