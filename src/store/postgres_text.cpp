#include "store/postgres_text.h"

#include <libpq-fe.h>

#include <cstdint>

#include "base/utf8.h"

namespace rapidbyte::store {
namespace {

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
    const size_t size = text[at] == '\0' ? 0 : CharacterLength(text.substr(at));
    storable.append(size == 0 ? kReplacementCharacter : text.substr(at, size));
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
