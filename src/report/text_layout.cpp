#include "report/text_layout.h"

#include <algorithm>

#include "base/utf8.h"

namespace rapidbyte::report {
namespace {

// The number of bytes that the first `columns` code points take.
size_t BytesOf(std::string_view text, size_t columns) {
  size_t bytes = 0;
  for (; bytes < text.size(); ++bytes) {
    if (!IsContinuation(text[bytes]) && columns-- == 0) break;
  }
  return bytes;
}

// Cuts the next line of at most `width` columns off the front of `rest`, with the spaces at which it was broken.
std::string_view TakeLine(std::string_view& rest, size_t width) {
  size_t end = BytesOf(rest, width);
  if (end < rest.size()) {
    const size_t space = rest.rfind(' ', end);
    if (space != std::string_view::npos && space > 0) end = space;
  }
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (const char c : text) width += !IsContinuation(c);
  return width;
}

std::string PadLeft(const std::string& text, size_t width) {
  const size_t used = DisplayWidth(text);
  return used < width ? std::string(width - used, ' ') + text : text;
}

std::string PadRight(std::string text, size_t width) {
  const size_t used = DisplayWidth(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::string Cut(const std::string& text, size_t width) {
  return DisplayWidth(text) <= width ? text : text.substr(0, BytesOf(text, width - 1)) + "…";
}

std::string Wrap(std::string_view first, std::string_view text, size_t width) {
  const size_t indent = DisplayWidth(first);
  std::string lines;
  do {
    std::string line = lines.empty() ? std::string(first) : std::string(indent, ' ');
    line += TakeLine(text, width - indent);
    line.erase(line.find_last_not_of(' ') + 1);
    lines += line + "\n";
  } while (!text.empty());
  return lines;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace rapidbyte::report
