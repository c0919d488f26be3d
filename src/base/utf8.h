// Text as UTF-8. Names from outside may hold any byte; formats and people want characters. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte {

inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";  // U+FFFD

// Whether a byte of UTF-8 belongs to the character that began before it.
constexpr bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// The number of bytes of the character that `text` begins with; 0 where it begins with none (Unicode 15, table 3-7: no
// overlong forms, no surrogates, nothing above U+10FFFF) or is empty.
size_t CharacterLength(std::string_view text);

// Of the bytes of one character, as CharacterLength counts them.
char32_t CodePoint(std::string_view character);

// Where the first byte is that belongs to no character; npos where the text is valid.
size_t FirstInvalidByte(std::string_view text);

// The same text, U+FFFD in the place of each byte that belongs to no character.
std::string ValidUtf8(std::string_view text);

// The bytes before the first one that belongs to no character; the whole size where each belongs to one.
size_t ValidLength(std::string_view text);
inline bool IsUtf8(std::string_view text) { return ValidLength(text) == text.size(); }

// For people who have to find the byte: "caf\\xe9" where ValidUtf8 has a character for all of them.
std::string EscapeInvalid(std::string_view text);

}  // namespace rapidbyte
