// Texts put into Markdown, as GitHub reads it. Pure; any thread.
#pragma once

#include <string>

namespace rapidbyte::report {

// For a cell of a table or a line: no line feed, and signs that mean something with a backslash.
std::string MarkdownEscaped(const std::string& text);

}  // namespace rapidbyte::report
