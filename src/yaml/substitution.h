// ${NAME} and ${NAME:-default} in a text, replaced by the values of environment variables. Pure.
//
// As in a shell, the default also stands in for a variable that is set but empty, and it ends at the first '}'. "$${"
// is a literal "${"; any other '$' is itself. What was put in is not looked at again.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace rapidbyte::yaml {

// The value of an environment variable, or nothing; a parameter so that tests need no environment.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment ProcessEnvironment();

struct Substitution {
  std::string text;
  bool used_variable = false;  // a value came from the environment or from a default
  std::string problem;         // not empty: what is wrong; `text` is then of no use
};

Substitution Substitute(const std::string& text, const Environment& environment);

}  // namespace rapidbyte::yaml
