#include "base/utf8.h"

namespace rapidbyte {
namespace {

bool Between(char c, unsigned char low, unsigned char high) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= low && byte <= high;
}

// Of the first byte; the second's range is narrower than 80..BF where the first leaves room for what is no character.
struct Lead {
  size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
};

Lead LeadOf(char first) {
  if (Between(first, 0x00, 0x7f)) return {1};
  if (Between(first, 0xc2, 0xdf)) return {2};
  if (Between(first, 0xe0, 0xe0)) return {3, 0xa0};
  if (Between(first, 0xed, 0xed)) return {3, 0x80, 0x9f};
  if (Between(first, 0xe1, 0xef)) return {3};
  if (Between(first, 0xf0, 0xf0)) return {4, 0x90};
  if (Between(first, 0xf1, 0xf3)) return {4};
  if (Between(first, 0xf4, 0xf4)) return {4, 0x80, 0x8f};
  return {};
}

}  // namespace

size_t CharacterLength(std::string_view text) {
  if (text.empty()) return 0;
  const Lead lead = LeadOf(text[0]);
  if (lead.length > text.size()) return 0;
  if (lead.length > 1 && !Between(text[1], lead.low, lead.high)) return 0;
  for (size_t i = 2; i < lead.length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  return lead.length;
}

char32_t CodePoint(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  char32_t point = character.size() == 1 ? lead : lead & (0x7fu >> character.size());
  for (const char byte : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(byte) & 0x3f);
  return point;
}

size_t FirstInvalidByte(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = CharacterLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::string ValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    valid += length == 0 ? kReplacementCharacter : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return valid;
}

size_t ValidLength(std::string_view text) {
  size_t valid = 0;
  while (const size_t length = CharacterLength(text.substr(valid))) valid += length;
  return valid;
}

std::string EscapeInvalid(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  for (;;) {
    const size_t valid = ValidLength(text);
    escaped += text.substr(0, valid);
    text.remove_prefix(valid);
    if (text.empty()) return escaped;
    const auto byte = static_cast<unsigned char>(text[0]);
    escaped += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    text.remove_prefix(1);
  }
}

}  // namespace rapidbyte
