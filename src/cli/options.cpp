#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <sstream>
#include <tuple>
#include <utility>

#include "cli/usage_error.h"

namespace rapidbyte::cli {
namespace {

constexpr size_t kNamesWidth = 28;  // of the help text's left column

// The parser would read -1 as the largest number, or print all digits of that.
std::string RefuseNegative(const std::string& text) { return text.starts_with('-') ? "must not be negative" : ""; }

std::string RefuseNotPositive(const std::string& text) {
  return text.starts_with('-') || text == "0" ? "must be more than 0" : "";
}

class UsageFormatter : public CLI::Formatter {
 public:
  explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) { column_width(kNamesWidth); }
  std::string make_usage(const CLI::App* /*app*/, std::string name) const override {
    return "Usage: " + name + " " + usage_ + "\n";
  }

 private:
  std::string usage_;
};

}  // namespace

Option Option::Required() const { return Option(option_->required()); }
Option Option::ShowDefault() const { return Option(option_->capture_default_str()); }
Option Option::Type(const std::string& name) const { return Option(option_->type_name(name)); }
Option Option::Placeholder(const std::string& text) const { return Option(option_->option_text(text)); }
Option Option::Text(const std::string& text) const { return Option(option_->description(text)); }

template <typename Number>
Option Option::In(Number low, Number high) const {
  return Option(option_->check(CLI::Range(low, high)));
}
template Option Option::In(uint32_t, uint32_t) const;
template Option Option::In(size_t, size_t) const;
template Option Option::In(double, double) const;

Option Option::OneOf(const std::vector<std::string>& words) const {
  return Option(option_->check(CLI::IsMember(words)));
}
Option Option::NotNegative(const std::string& type) const {
  return Option(option_->check(CLI::Validator(RefuseNegative, type)));
}
Option Option::Positive(const std::string& type) const {
  return Option(option_->check(CLI::Validator(RefuseNotPositive, type)));
}
Option Option::ExistingFolder() const { return Option(option_->check(CLI::ExistingDirectory)); }

Option Option::Excludes(Option other) const { return Option(option_->excludes(other.option_)); }
Option Option::Needs(Option other) const { return Option(option_->needs(other.option_)); }

Option Option::Separator(char separator) const { return Option(option_->delimiter(separator)); }
Option Option::OneAtATime() const { return Option(option_->allow_extra_args(false)); }
Option Option::Words(int most) const {
  // The parser would take "[ -f x ]" for a list where an option may have any number of values, so this one has many.
  return Option(
      option_->allow_extra_args(false)->expected(most, most)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

Option Option::WhenGiven(const std::function<void()>& then) const {
  return Option(option_->each([then](const std::string&) { then(); }));
}

Command Command::AddCommand(const std::string& name, const std::string& text,
                            const std::function<void(Command)>& declare) const {
  CLI::App* app = app_->add_subcommand(name, text);
  app->footer("");  // else it is the one of the command that it was added to
  if (declare) app->preparse_callback([app, declare](size_t) { declare(Command(app)); });
  return Command(app);
}

template <typename Value>
Option Command::Add(const std::string& names, Value& value, const std::string& text) const {
  return Option(app_->add_option(names, value, text));
}

using String = const std::string&;
template Option Command::Add(String, std::string&, String) const;
template Option Command::Add(String, std::optional<std::string>&, String) const;
template Option Command::Add(String, std::filesystem::path&, String) const;
template Option Command::Add(String, int&, String) const;
template Option Command::Add(String, uint32_t&, String) const;
template Option Command::Add(String, std::optional<uint32_t>&, String) const;
template Option Command::Add(String, size_t&, String) const;
template Option Command::Add(String, std::optional<uint64_t>&, String) const;
template Option Command::Add(String, double&, String) const;
template Option Command::Add(String, std::optional<double>&, String) const;
template Option Command::Add(String, std::vector<std::string>&, String) const;
template Option Command::Add(String, std::vector<std::filesystem::path>&, String) const;
template Option Command::Add(String, std::vector<std::pair<std::string, std::string>>&, String) const;
template Option Command::Add(String, std::vector<std::tuple<std::string, std::string, std::string>>&, String) const;

template <typename Value>
Option Command::AddFlag(const std::string& names, Value& value, const std::string& text) const {
  return Option(app_->add_flag(names, value, text));
}
template Option Command::AddFlag(String, bool&, String) const;
template Option Command::AddFlag(String, std::string&, String) const;

Option Command::AddParsed(const std::string& name, const std::function<std::string(const std::string&)>& parse,
                          const std::string& text) const {
  const auto set = [name, parse](const std::string& word) {
    const std::string wrong = parse(word);
    if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
  };
  return Option(app_->add_option_function<std::string>(name, set, text));
}

Option Command::AddWord(const std::string& names, const std::vector<std::string>& words,
                        const std::function<void(const std::string&)>& set, const std::string& text) const {
  const auto check = [words](const std::string& word) {
    if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
    return fmt::format("expected one of {}, found \"{}\"", fmt::join(words, ", "), word);
  };
  return Option(app_->add_option_function<std::string>(names, set, text)->type_name("ENUM")->check(check));
}

Option Command::Find(const std::string& name) const { return Option(app_->get_option(name)); }

void Command::RequireCommand() const { app_->require_subcommand(1); }
void Command::MayHaveCommand() const { app_->require_subcommand(0, 1); }
void Command::ArgumentsAtEnd() const { app_->positionals_at_end(); }
void Command::Usage(const std::string& text) const { app_->formatter(std::make_shared<UsageFormatter>(text)); }
void Command::Footer(const std::string& text) const { app_->footer(text); }

void Command::Check(const std::function<std::string()>& check) const {
  app_->callback([name = app_->get_name(), check] {
    const std::string wrong = check();
    if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
  });
}

bool Command::WasNamed() const { return app_->parsed(); }

std::vector<std::string> Command::CommandNames() const {
  std::vector<std::string> names;
  for (const CLI::App* command : app_->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

CommandLine::CommandLine(const std::string& program, const std::string& text, const std::string& version)
    : app_(std::make_unique<CLI::App>(text, program)) {
  if (!version.empty()) app_->set_version_flag("--version", version);
  app_->get_formatter()->column_width(kNamesWidth);
}

CommandLine::~CommandLine() = default;

Result<std::string> CommandLine::Parse(std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());  // as the parser wants them
  try {
    app_->parse(words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return tl::unexpected(UsageError(*app_, error));
    std::ostringstream asked;
    app_->exit(error, asked, asked);
    return asked.str();
  }
  return std::string();
}

}  // namespace rapidbyte::cli
