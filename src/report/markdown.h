// Texts put into Markdown, as GitHub reads it. Pure; any thread.
#pragma once

#include <string>

namespace rapidbyte::report {

// For a cell of a table or a line: no line feed, nothing unprintable, and signs that mean something with a backslash,
// so that no text from outside becomes a link, a picture, a mention or HTML.
std::string MarkdownEscaped(const std::string& text);

// As a code span, in which the signs mean nothing; of a table's cell too.
std::string MarkdownCode(const std::string& text);

}  // namespace rapidbyte::report
