// Names as UTF-8. A symbol may hold any byte, the formats of exports hold text. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte::profile {

// The number of bytes of the character that `text` begins with; 0 where it begins with none (Unicode 15, table 3-7: no
// overlong forms, no surrogates, nothing above U+10FFFF) or is empty.
size_t CharacterLength(std::string_view text);

// The same text, U+FFFD in the place of each byte that belongs to no character.
std::string ValidUtf8(std::string_view text);

}  // namespace rapidbyte::profile
