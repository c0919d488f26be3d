#include "store/postgres_text.h"

#include <libpq-fe.h>

#include <cstdint>

#include "base/redact.h"
#include "base/utf8.h"

namespace rapidbyte::store {
namespace {

void Remove(const std::string& secret, std::string& message) {
  if (secret.empty()) return;
  for (size_t at = message.find(secret); at != std::string::npos; at = message.find(secret, at + 3)) {
    message.replace(at, secret.size(), "***");
  }
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

bool HasMisplacedPassword(const std::string& address) {
  bool misplaced = false;
  PQconninfoOption* options = PQconninfoParse(address.c_str(), nullptr);
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view keyword(option->keyword), value(option->val != nullptr ? option->val : "");
    misplaced |= keyword == "port" && value.find_first_not_of("0123456789,") != std::string_view::npos;
    misplaced |= keyword.starts_with("host") && value.find('@') != std::string_view::npos && !value.starts_with('@');
  }
  PQconninfoFree(options);
  return misplaced;
}

std::string WithoutPassword(std::string message, const std::string& address) {
  PQconninfoOption* options = PQconninfoParse(address.c_str(), nullptr);
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) Remove(option->val, message);
  }
  PQconninfoFree(options);
  return RedactPasswords(message);
}

}  // namespace rapidbyte::store
