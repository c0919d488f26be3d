#include "base/printable.h"

#include <algorithm>

#include "base/utf8.h"

namespace rapidbyte {
namespace {

bool IsPlainAscii(char c) { return c >= 0x20 && c < 0x7f; }

bool IsBlank(char c) { return c == '\n' || c == '\r' || c == '\t'; }

// What of ours `text` begins with, where `before` stands before it: it stays.
size_t OursAt(std::string_view text, std::string_view before) {
  if (text.front() == '\n') return 1;
  if (text.starts_with("\r\n")) return 2;  // ends a line of CSV
  if (text.starts_with(kBold) && (before.empty() || before.back() == '\n')) return kBold.size();
  if (text.starts_with(kPlain) && text.substr(kPlain.size()).starts_with('\n')) return kPlain.size();
  return 0;
}

std::string Cleaned(std::string_view text, bool lines) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto odd = std::find_if_not(text.begin(), text.end(), IsPlainAscii);
    const auto plain = static_cast<size_t>(odd - text.begin());
    clean.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    size_t length = lines ? OursAt(text, clean) : 0;
    if (length > 0) {
      clean.append(text, 0, length);
    } else if (IsBlank(text.front())) {
      clean += ' ';
      length = 1;
    } else {
      length = CharacterLength(text);
      const bool good = length > 0 && MayBeShown(CodePoint(text.substr(0, length)));
      clean.append(good ? text.substr(0, length) : kReplacementCharacter);
      length = std::max<size_t>(length, 1);
    }
    text.remove_prefix(length);
  }
  return clean;
}

}  // namespace

bool MayBeShown(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool direction =
      (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
  const bool separator = c == 0x2028 || c == 0x2029;
  return !control && !direction && !separator && (c & 0xfffe) != 0xfffe;
}

std::string Printable(std::string_view text) { return Cleaned(text, false); }
std::string PrintableLines(std::string_view text) { return Cleaned(text, true); }

}  // namespace rapidbyte
