// The command line's commands and options, without the parser that reads them: its headers take seconds to compile, and
// options.cpp alone includes them.
//
// Command and Option are handles into a CommandLine, which must outlive them. A command's options are declared when the
// command is named, so that a program starts with those of one command. Options fill the variables that they were
// declared with, which must outlive the parsing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace rapidbyte::cli {

class Option {
 public:
  Option Required() const;
  // The variable's value is shown in the help text.
  Option ShowDefault() const;
  // What stands for the value in the help text: FILE.
  Option Type(const std::string& name) const;
  // What stands behind the name in the help text, instead of type and count.
  Option Placeholder(const std::string& text) const;
  Option Text(const std::string& text) const;
  // Between `low` and `high`, both included. For uint32_t, size_t and double.
  template <typename Number>
  Option In(Number low, Number high) const;
  Option OneOf(const std::vector<std::string>& words) const;
  Option NotNegative(const std::string& type) const;
  Option Positive(const std::string& type) const;
  Option ExistingFolder() const;
  Option Excludes(Option other) const;
  Option Needs(Option other) const;
  // One word holds several values.
  Option Separator(char separator) const;
  // May be repeated, and takes one value each time: the next word is something else.
  Option OneAtATime() const;
  // Up to `most` values, each of them one word as it is written: "[ a ]" is no list.
  Option Words(int most) const;
  Option WhenGiven(const std::function<void()>& then) const;

 private:
  friend class Command;
  explicit Option(CLI::Option* option) : option_(option) {}
  CLI::Option* option_;
};

class Command {
 public:
  // `declare` is called when the command is named.
  Command AddCommand(const std::string& name, const std::string& text,
                     const std::function<void(Command)>& declare = {}) const;

  // An option "-o,--output", or an argument "FILE". The types of values are listed in options.cpp.
  template <typename Value>
  Option Add(const std::string& names, Value& value, const std::string& text) const;
  // For bool, and for std::string, where a value may follow after "=".
  template <typename Value>
  Option AddFlag(const std::string& names, Value& value, const std::string& text) const;
  // `parse` returns what is wrong with a value, or nothing.
  Option AddParsed(const std::string& name, const std::function<std::string(const std::string&)>& parse,
                   const std::string& text) const;
  // A name of an enumeration's values.
  template <typename Enum>
  Option AddChoice(const std::string& names, Enum& value, const std::map<std::string, Enum>& choices,
                   const std::string& text) const {
    std::vector<std::string> words;
    for (const auto& [word, chosen] : choices) words.push_back(word);
    return AddWord(
        names, words, [&value, choices](const std::string& word) { value = choices.at(word); }, text);
  }
  Option Find(const std::string& name) const;

  void RequireCommand() const;
  void MayHaveCommand() const;
  // Arguments come after the options, and are options of something else.
  void ArgumentsAtEnd() const;
  // The help text's first line, after the command's name.
  void Usage(const std::string& text) const;
  void Footer(const std::string& text) const;
  // `check` returns what is wrong with the options together, or nothing.
  void Check(const std::function<std::string()>& check) const;

  bool WasNamed() const;
  std::vector<std::string> CommandNames() const;

 private:
  friend class CommandLine;
  explicit Command(CLI::App* app) : app_(app) {}
  Option AddWord(const std::string& names, const std::vector<std::string>& words,
                 const std::function<void(const std::string&)>& set, const std::string& text) const;
  CLI::App* app_;
};

class CommandLine {
 public:
  // `version` is what --version prints; empty: there is no such option.
  explicit CommandLine(const std::string& program, const std::string& text = "", const std::string& version = "");
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command root() const { return Command(app_.get()); }

  // Once. Returns what the user asked to read instead, with --help or --version, or nothing. Errors: kUsage, with the
  // nearest name there is.
  Result<std::string> Parse(std::vector<std::string> words);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace rapidbyte::cli
