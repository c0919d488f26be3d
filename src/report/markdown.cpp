#include "report/markdown.h"

#include <string_view>

#include "base/printable.h"

namespace rapidbyte::report {

namespace {

// Printable text of one line, in which each of `ends` is a blank.
std::string OneLine(std::string text, std::string_view ends) {
  for (char& c : text) {
    if (ends.find(c) != std::string_view::npos) c = ' ';
  }
  return Printable(text);
}

}  // namespace

std::string MarkdownEscaped(const std::string& text) {
  constexpr std::string_view kSigns = "\\|`*_<[]!#&$";
  constexpr const char* kBreak = "\u200b";  // GitHub links after it has read the backslashes
  const std::string line = OneLine(text, "\n");
  std::string escaped;
  for (size_t at = 0; at < line.size(); ++at) {
    const std::string_view rest = std::string_view(line).substr(at);
    if (kSigns.find(line[at]) != std::string_view::npos) escaped += '\\';
    escaped += line[at];
    const bool is_link = rest.starts_with("://") || rest.starts_with("@") || rest.starts_with("#") ||
                         (rest.starts_with(".") && std::string_view(line).substr(0, at).ends_with("www"));
    if (is_link) escaped += kBreak;
  }
  return escaped;
}

std::string MarkdownCode(const std::string& text) {
  std::string escaped;
  for (const char c : OneLine(text, "\n`")) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return "`" + escaped + "`";
}

}  // namespace rapidbyte::report
