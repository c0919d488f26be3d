// What the parser checks of single options, with messages that say what is expected. For Option::check and ::transform.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace rapidbyte::cli {

// The parser would read -1 as the largest number, or print all digits of that.
inline std::string RefuseNegative(const std::string& text) {
  return text.starts_with('-') ? "must not be negative" : "";
}

inline std::string RefuseNotPositive(const std::string& text) {
  return text.starts_with('-') || text == "0" ? "must be more than 0" : "";
}

// A name of an enumeration's values, and nothing else; for Option::transform.
template <typename Enum>
CLI::Validator Choice(const std::map<std::string, Enum>& choices) {
  const auto replace = [choices](std::string& text) {
    const auto found = choices.find(text);
    if (found != choices.end()) {
      text = std::to_string(static_cast<int>(found->second));
      return std::string();
    }
    std::string names;
    for (const auto& [name, value] : choices) names += (names.empty() ? "" : ", ") + name;
    return "expected one of " + names + ", found \"" + text + "\"";
  };
  return CLI::Validator(replace, "");
}

}  // namespace rapidbyte::cli
