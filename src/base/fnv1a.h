// A short name for a text or a list of texts. Not for what an enemy may choose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rapidbyte {

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): stable over versions and machines, unlike std::hash.
class Fnv1a {
 public:
  // Each field ends with a zero byte, so that moving a character to the next field changes the hash.
  void Add(std::string_view field) {
    for (const char c : field) Mix(static_cast<uint8_t>(c));
    Mix(0);
  }
  std::string Hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (size_t i = 0; i < text.size(); ++i) text[i] = digits[(state_ >> (60 - 4 * i)) & 15];
    return text;
  }

 private:
  void Mix(uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001b3u; }

  uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace rapidbyte
