// Commands with {placeholders}, and splitting one into words where no shell does. Pure; any thread.
//
// {{ and }} are a literal brace each. ${…} is a shell's and stays as it is, so that it needs no doubled braces; so does
// whatever is in it up to the first }.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::scenario {

// The names between braces, each once, in their order. Errors: kConfiguration for a brace without its partner.
Result<std::vector<std::string>> PlaceholdersOf(std::string_view command);

// Values are put in as they are: quoting is the command's. Errors: kConfiguration; an unknown placeholder lists those
// that are known.
Result<std::string> ExpandCommand(std::string_view command, const std::map<std::string, std::string>& values);

// As a POSIX shell splits a simple command (2.2 Quoting), without expanding anything: '…' takes all literally, "…" all
// but \" \\ \$ \` and \newline, \ takes the next character. An unquoted character that only a shell gives a meaning
// (| & ; < > ( ) ` and newline), or $ where a shell would put in a value, is an error, as is an open quote:
// kConfiguration.
Result<std::vector<std::string>> SplitWords(std::string_view command);

}  // namespace rapidbyte::scenario
