// Texts from outside, made fit for people's eyes. Names and messages may hold anything: what a terminal would obey,
// marks that turn the direction of writing, bytes that are no character. U+FFFD stands for each, a blank for what only
// sets off. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte {

// Whether a character may be printed as it is: no control character (C0, DEL, C1), no mark of direction, no line or
// paragraph separator, no noncharacter.
bool MayBeShown(char32_t c);

// For one line, or a part of one.
std::string Printable(std::string_view text);

// For a text of several lines that we have laid out: line ends stay, and lines that are bold as a whole.
std::string PrintableLines(std::string_view text);

inline constexpr std::string_view kBold = "\033[1m";
inline constexpr std::string_view kPlain = "\033[0m";

}  // namespace rapidbyte
