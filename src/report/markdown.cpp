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
  std::string escaped;
  for (const char c : OneLine(text, "\n")) {
    if (kSigns.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
    if (c == '@') escaped += "\u200b";  // no backslash keeps GitHub from telling whoever is called so
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
