// Text from outside, fit for one line of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte::engine {

// Control characters (line ends, escape sequences) become spaces; the bytes of UTF-8 stay.
inline std::string Printable(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

}  // namespace rapidbyte::engine
