#include "yaml/substitution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace rapidbyte::yaml {
namespace {

bool IsName(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_allowed);
}

// `inside` is what stands between the braces.
void Append(std::string_view inside, const Environment& environment, Substitution& into) {
  const size_t mark = inside.find(":-");
  const std::string name(inside.substr(0, mark));
  if (!IsName(name)) {  // not shown: it may be a part of a password
    into.problem = "expected the name of an environment variable between ${ and }; write $${ for a literal ${";
    return;
  }
  const std::optional<std::string> value = environment(name);
  const bool has_default = mark != std::string_view::npos;
  if (!value && !has_default) {
    into.problem = fmt::format("the environment variable {0} is not set; set it, or give a default: ${{{0}:-…}}", name);
    return;
  }
  into.used_variable = true;
  into.text += has_default && (!value || value->empty()) ? std::string(inside.substr(mark + 2)) : *value;
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Substitution Substitute(const std::string& text, const Environment& environment) {
  Substitution result;
  size_t at = 0;
  while (at < text.size() && result.problem.empty()) {
    const std::string_view rest = std::string_view(text).substr(at);
    if (rest.starts_with("$${")) {
      result.text += "${";
      at += 3;
    } else if (rest.starts_with("${")) {
      const size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        result.problem = "expected } after ${; write $${ for a literal ${";
        break;
      }
      Append(rest.substr(2, end - 2), environment, result);
      at += end + 1;
    } else {
      result.text += text[at++];
    }
  }
  return result;
}

}  // namespace rapidbyte::yaml
