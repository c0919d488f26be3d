#include "cli/usage_error.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/nearest_name.h"
#include "cli/command.h"

namespace rapidbyte::cli {
namespace {

// A command that was named, and how.
struct Named {
  const CLI::App* app;
  std::string words;  // "rapidbyte bench run"
};

// From the root inwards.
std::vector<Named> NamedCommands(const CLI::App& root) {
  std::vector<Named> named = {{&root, root.get_name()}};
  while (!named.back().app->get_subcommands().empty()) {
    const CLI::App* next = named.back().app->get_subcommands().front();
    named.push_back({next, named.back().words + " " + next->get_name()});
  }
  return named;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::string HelpHint(const Named& named) { return fmt::format("`{} --help` lists what there is", named.words); }

Error Unknown(const Named& named, const std::string& word) {
  if (word.starts_with('-')) {
    const std::string option = word.substr(0, word.find('='));
    const std::vector<std::string> names = OptionNames(*named.app);
    const std::string_view nearest = NearestName(option, std::vector<std::string_view>(names.begin(), names.end()));
    return {ErrorCode::kUsage, fmt::format("{} has no option {}", named.words, option),
            nearest.empty() ? HelpHint(named) : fmt::format("did you mean {}?", nearest)};
  }
  const std::vector<std::string> names = CommandNames(*named.app);
  if (names.empty()) {
    return {ErrorCode::kUsage, fmt::format("{}: unexpected argument \"{}\"", named.words, word), HelpHint(named)};
  }
  return {ErrorCode::kUsage, fmt::format("{} has no command \"{}\"", named.words, word),
          DidYouMean(word, std::vector<std::string_view>(names.begin(), names.end()))};
}

}  // namespace

Error UsageError(const CLI::App& root, const CLI::ParseError& error) {
  const std::vector<Named> named = NamedCommands(root);
  const bool is_missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  // What is missing may be there under a wrong name.
  if (is_missing || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    for (const Named& one : named) {
      const std::vector<std::string> extras = one.app->remaining();
      if (!extras.empty()) return Unknown(one, extras.front());
    }
  }
  const std::vector<std::string> commands = CommandNames(*named.back().app);
  if (is_missing && !commands.empty()) {
    return {ErrorCode::kUsage, fmt::format("{}: a command is missing", named.back().words),
            DidYouMean("", std::vector<std::string_view>(commands.begin(), commands.end()))};
  }
  return {ErrorCode::kUsage, error.what(), HelpHint(named.back())};
}

}  // namespace rapidbyte::cli
