#include "scenario/command_template.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "yaml/wording.h"

namespace rapidbyte::scenario {
namespace {

tl::unexpected<Error> Refuse(std::string what) { return Fail(ErrorCode::kConfiguration, std::move(what)); }

// Calls `literal` with every piece of text and `placeholder` with every name.
Status Walk(std::string_view command, const std::function<void(std::string_view)>& literal,
            const std::function<Status(std::string_view)>& placeholder) {
  size_t at = 0;
  while (at < command.size()) {
    const std::string_view rest = command.substr(at);
    if (rest.starts_with("${")) {
      const size_t length = std::min(rest.find('}'), rest.size() - 1) + 1;
      literal(rest.substr(0, length));
      at += length;
    } else if (rest.starts_with("{{") || rest.starts_with("}}")) {
      literal(rest.substr(0, 1));
      at += 2;
    } else if (rest[0] == '{') {
      const size_t end = rest.find('}');
      if (end == std::string_view::npos) return Refuse("expected } after {; write {{ for a literal {");
      RB_TRY(placeholder(rest.substr(1, end - 1)));
      at += end + 1;
    } else if (rest[0] == '}') {
      return Refuse("found } without {; write }} for a literal }");
    } else {
      const size_t length = std::min(rest.find_first_of("{}$", 1), rest.size());
      literal(rest.substr(0, length));
      at += length;
    }
  }
  return {};
}

std::string KnownNames(const std::map<std::string, std::string>& values) {
  if (values.empty()) return "there are none here";
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back("{" + name + "}");
  return fmt::format("known are {}", fmt::join(names, ", "));
}

class WordSplitter {
 public:
  explicit WordSplitter(std::string_view command) : rest_(command) {}

  Result<std::vector<std::string>> Split() {
    while (!rest_.empty()) {
      const char c = Take();
      if (c == ' ' || c == '\t') {
        EndWord();
      } else if (c == '\'') {
        RB_TRY(TakeSingleQuoted());
      } else if (c == '"') {
        RB_TRY(TakeDoubleQuoted());
      } else if (c == '\\') {
        RB_TRY(TakeEscaped());
      } else {
        RB_TRY(RefuseShellSyntax(c));
        Add(c);
      }
    }
    EndWord();
    return words_;
  }

 private:
  char Take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  void Add(char c) {
    in_word_ = true;
    word_ += c;
  }

  void EndWord() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  Status TakeSingleQuoted() {
    const size_t end = rest_.find('\'');
    if (end == std::string_view::npos) return Refuse("a quote ' is never closed");
    in_word_ = true;
    word_ += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return {};
  }

  Status TakeDoubleQuoted() {
    in_word_ = true;
    while (!rest_.empty()) {
      const char c = Take();
      if (c == '"') return {};
      if (c == '\\' && !rest_.empty() && std::string_view("\"\\$`\n").find(rest_[0]) != std::string_view::npos) {
        if (const char escaped = Take(); escaped != '\n') Add(escaped);
        continue;
      }
      if (c == '$' || c == '`') RB_TRY(RefuseShellSyntax(c));
      Add(c);
    }
    return Refuse("a quote \" is never closed");
  }

  Status TakeEscaped() {
    if (rest_.empty()) return Refuse("a \\ at the end escapes nothing");
    if (const char c = Take(); c != '\n') Add(c);
    return {};
  }

  Status RefuseShellSyntax(char c) const {
    const bool names_a_value = c == '$' && !rest_.empty() &&
                               (std::isalnum(static_cast<unsigned char>(rest_[0])) != 0 ||
                                std::string_view("_{(?$#@*!-").find(rest_[0]) != std::string_view::npos);
    if (!names_a_value && std::string_view("|&;<>()`\n").find(c) == std::string_view::npos) return {};
    const std::string shown = c == '\n' ? "a line feed" : std::string(1, c);
    return Refuse(
        fmt::format("{} means something to a shell only, and this command is run without one; quote it, or "
                    "choose a shell",
                    shown));
  }

  std::string_view rest_;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
};

}  // namespace

Result<std::vector<std::string>> PlaceholdersOf(std::string_view command) {
  std::vector<std::string> names;
  RB_TRY(Walk(
      command, [](std::string_view) {},
      [&](std::string_view name) -> Status {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
        return {};
      }));
  return names;
}

Result<std::string> ExpandCommand(std::string_view command, const std::map<std::string, std::string>& values) {
  std::string expanded;
  RB_TRY(Walk(
      command, [&](std::string_view text) { expanded += text; },
      [&](std::string_view name) -> Status {
        const auto found = values.find(std::string(name));
        if (found == values.end()) {
          return Refuse(fmt::format("unknown placeholder {{{}}}; {}; write {{{{ for a literal {{",
                                    yaml::Shortened(std::string(name)), KnownNames(values)));
        }
        expanded += found->second;
        return {};
      }));
  return expanded;
}

Result<std::vector<std::string>> SplitWords(std::string_view command) {
  RB_ASSIGN(std::vector<std::string> words, WordSplitter(command).Split());
  if (words.empty()) return Refuse("the command is empty");
  return words;
}

}  // namespace rapidbyte::scenario
