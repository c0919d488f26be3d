#include "base/redact.h"

#include <algorithm>
#include <cctype>

namespace rapidbyte {
namespace {

constexpr std::string_view kMark = "***";
constexpr std::string_view kKeyword = "password";
constexpr size_t kNone = std::string_view::npos;

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string Decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0;
    decoded += is_escape ? static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])) : text[i];
    if (is_escape) i += 2;
  }
  return decoded;
}

// "?password=…&": libpq decodes names as well as values.
std::string RedactQueries(std::string_view text) {
  std::string redacted;
  for (size_t at = 0; at < text.size();) {
    const size_t mark = text.find_first_of("?&", at);
    const size_t equals = text.find('=', mark);
    if (mark == kNone || equals == kNone) return redacted.append(text.substr(at));
    const std::string_view name = text.substr(mark + 1, equals - mark - 1);
    if (!Lower(Decoded(name)).ends_with(kKeyword)) {
      redacted.append(text.substr(at, mark + 1 - at));
      at = mark + 1;
      continue;
    }
    redacted.append(text.substr(at, equals + 1 - at)).append(kMark);
    at = equals + 1;
    while (at < text.size() && text[at] != '&' && !IsSpace(text[at])) ++at;
  }
  return redacted;
}

// Where the value that begins at `at` ends: at its closing quote, or at white space; a backslash takes what follows it.
size_t EndOfValue(std::string_view text, size_t at) {
  const bool quoted = at < text.size() && text[at] == '\'';
  if (quoted) ++at;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (quoted ? text[at] == '\'' : IsSpace(text[at])) {
      return quoted ? at + 1 : at;
    }
  }
  return text.size();
}

// "password = 'two words'"
std::string RedactKeywords(std::string_view text) {
  const std::string lower = Lower(text);
  std::string redacted;
  for (size_t at = 0;;) {
    const size_t keyword = lower.find(kKeyword, at);
    if (keyword == kNone) return redacted.append(text.substr(at));
    size_t value = keyword + kKeyword.size();
    while (value < text.size() && IsSpace(text[value])) ++value;
    if (value == text.size() || text[value] != '=') {
      redacted.append(text.substr(at, keyword + kKeyword.size() - at));
      at = keyword + kKeyword.size();
      continue;
    }
    do ++value;
    while (value < text.size() && IsSpace(text[value]));
    const size_t marked = value + kMark.size();
    const bool is_done = text.substr(value).starts_with(kMark) &&
                         (marked == text.size() || text[marked] == '&' || IsSpace(text[marked]));
    redacted.append(text.substr(at, value - at));
    if (!is_done) redacted.append(kMark);
    at = is_done ? value : EndOfValue(text, value);
  }
}

// Behind the scheme and its slashes, 0 where the word has none.
size_t EndOfScheme(std::string_view word) {
  size_t at = word.find(":/");
  if (at == kNone || at == 0 || !IsAlnum(word[at - 1])) return 0;
  do ++at;
  while (at < word.size() && word[at] == '/');
  return at;
}

// Whether what follows a host's ':' is a port, and not a password whose '@' comes later.
bool IsPort(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  return digits == text.size() || (digits > 0 && !IsAlnum(text[digits]) && text[digits] != '@');
}

// user:password@ in what begins with `line`'s word of `size` bytes. Returns how many bytes of the line it took.
size_t RedactWord(std::string_view line, size_t size, std::string& redacted) {
  std::string_view word = line.substr(0, size);
  const size_t begin = EndOfScheme(word);
  const size_t colon = word.find(':', begin);
  size_t end = word.rfind('@');
  const bool has_end = end != kNone && colon != kNone && colon < end;
  if (!has_end && begin > 0 && colon != kNone && !IsPort(word.substr(colon + 1))) {
    end = line.rfind('@');  // a password with white space in it
    if (end != kNone && end > colon) word = line.substr(0, end + 1);
  }
  const bool is_user = colon != kNone && end != kNone && colon < end &&
                       (begin > 0 || word.substr(begin, colon - begin).find('@') == kNone);
  if (!is_user) {
    redacted.append(word);
    return word.size();
  }
  redacted.append(word.substr(0, colon + 1)).append(kMark).append(word.substr(end));
  return word.size();
}

std::string RedactUsers(std::string_view text) {
  std::string redacted;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const auto end = std::find_if(line.begin(), line.end(), IsSpace);
    const auto size = static_cast<size_t>(end - line.begin());
    const size_t taken = size == 0 ? 1 : RedactWord(line, size, redacted);
    if (size == 0) redacted += text[0];
    text.remove_prefix(taken);
  }
  return redacted;
}

}  // namespace

std::string RedactPasswords(std::string_view text) { return RedactUsers(RedactKeywords(RedactQueries(text))); }

}  // namespace rapidbyte
