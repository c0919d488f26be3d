// Command lines for tests, as text.
#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/options.h"

namespace rapidbyte::cli {

// What the blank-separated words of `line` give with the commands that `declare` adds to the root, "tool". As
// CommandLine::Parse.
inline Result<std::string> ParseLine(const std::string& line, const std::function<void(Command)>& declare) {
  CommandLine command_line("tool");
  declare(command_line.root());
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return command_line.Parse(words);
}

}  // namespace rapidbyte::cli
