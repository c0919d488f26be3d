#include "base/json_text.h"

#include <algorithm>

#include "base/printable.h"
#include "base/utf8.h"

namespace rapidbyte {
namespace {

bool IsPlain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void AppendEscaped(char c, std::string& json) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  constexpr char kDigits[] = "0123456789abcdef";
  json += '\\';
  if (const size_t at = kShort.find(c); at != std::string_view::npos) {
    json += kLetters[at];
  } else {
    json.append("u00").append({kDigits[c >> 4], kDigits[c & 15]});
  }
}

void AppendCodePoint(char32_t point, std::string& json) {
  constexpr char kDigits[] = "0123456789abcdef";
  json += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) json += kDigits[point >> shift & 15];
}

}  // namespace

void AppendJsonText(std::string_view text, std::string& json, std::string_view also) {
  json += '"';
  size_t done = 0;  // what stands before is in `json`
  const auto append_up_to = [&](size_t end) { json.append(text, done, end - done); };
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    const size_t length = ascii ? 1 : CharacterLength(text.substr(at));
    const char32_t point = ascii || length == 0 ? 0 : CodePoint(text.substr(at, length));
    const bool kept = ascii ? IsPlain(c) && also.find(c) == std::string_view::npos : length > 0 && MayBeShown(point);
    if (!kept) {
      append_up_to(at);
      if (ascii) {
        AppendEscaped(c, json);
      } else if (length > 0 && point <= 0xffff) {
        AppendCodePoint(point, json);
      } else {
        json += kReplacementCharacter;
      }
      done = at + std::max<size_t>(length, 1);
    }
    at += length == 0 ? 1 : length;
  }
  append_up_to(text.size());
  json += '"';
}

}  // namespace rapidbyte
