#include "store/postgres_text.h"

#include <libpq-fe.h>

#include <cstdint>

namespace rapidbyte::store {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsContinuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

// The length of the well-formed sequence at `at` (Unicode 15, table 3-7), or 0.
size_t SequenceAt(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (size_t i = 1; i < size; ++i) {
    if (!IsContinuation(static_cast<unsigned char>(byte(i)))) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : size;
}

void Remove(const std::string& secret, std::string& message) {
  if (secret.empty()) return;
  for (size_t at = message.find(secret); at != std::string::npos; at = message.find(secret, at + 3)) {
    message.replace(at, secret.size(), "***");
  }
}

// What stands between the first '@' behind the "//" and the last one before the path: a URI has one '@' there.
std::string MisplacedPart(const std::string& address) {
  const size_t begin = address.find("://");
  if (begin == std::string::npos) return {};
  const size_t first = address.find('@', begin);
  const size_t last = address.rfind('@');
  return first == std::string::npos || first == last ? std::string() : address.substr(first + 1, last - first - 1);
}

}  // namespace

std::string StorableText(std::string_view text) {
  std::string storable;
  storable.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t size = SequenceAt(text, at);
    storable.append(size == 0 ? kReplacement : text.substr(at, size));
    at += size == 0 ? 1 : size;
  }
  return storable;
}

void AppendCopyRow(const std::vector<std::optional<std::string>>& values, std::string& rows) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) rows += '\t';
    if (!values[i]) {
      rows += "\\N";
      continue;
    }
    for (const char c : *values[i]) {
      switch (c) {
        case '\\':
          rows += "\\\\";
          break;
        case '\n':
          rows += "\\n";
          break;
        case '\r':
          rows += "\\r";
          break;
        case '\t':
          rows += "\\t";
          break;
        default:
          rows += c;
      }
    }
  }
  rows += '\n';
}

std::string WithoutPassword(std::string message, const std::string& address) {
  PQconninfoOption* options = PQconninfoParse(address.c_str(), nullptr);
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) Remove(option->val, message);
  }
  PQconninfoFree(options);
  Remove(MisplacedPart(address), message);
  return message;
}

}  // namespace rapidbyte::store
