#include "lab/program_search.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <set>
#include <system_error>
#include <vector>

#include "base/nearest_name.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

bool IsProgram(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::vector<fs::path> SearchFolders(const Command& command) {
  const auto given = command.environment.find("PATH");
  const char* inherited = std::getenv("PATH");
  const std::string path = given != command.environment.end() ? given->second : inherited ? inherited : "/bin:/usr/bin";
  std::vector<fs::path> folders;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    folders.push_back(command.working_directory / path.substr(begin, end - begin));  // an absolute one stays itself
    begin = end + 1;
  }
  return folders;
}

std::string HintFor(const std::string& program, const std::vector<fs::path>& folders) {
  std::set<std::string> names;
  std::error_code failed;
  for (const fs::path& folder : folders) {
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
      names.insert(entry->path().filename().string());
    }
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = NearestName(program, views);
  return nearest.empty() ? "it is in no folder of the PATH" : fmt::format("did you mean '{}'?", nearest);
}

}  // namespace

Status CheckProgram(const Command& command) {
  const std::string& program = command.argv[0];
  if (program.find('/') != std::string::npos) {
    if (IsProgram(command.working_directory / program)) return {};
    return Fail(ErrorCode::kConfiguration, fmt::format("there is no program '{}'", program),
                "the file must exist and be executable");
  }
  const auto folders = SearchFolders(command);
  for (const fs::path& folder : folders) {
    if (IsProgram(folder / program)) return {};
  }
  return Fail(ErrorCode::kConfiguration, fmt::format("there is no program '{}'", program), HintFor(program, folders));
}

Status CheckShellLine(Command command, const std::string& line) {
  RB_TRY(CheckProgram(command));
  const std::string word(PlainFirstWord(line));
  if (word.empty()) return {};
  command.argv = {command.argv[0], "-c", "command -v \"$1\"", command.argv[0], word};
  command.input.clear();
  command.output = OutputTo::kPipe;
  RB_ASSIGN(const SubprocessResult asked, RunSubprocess(command));
  if (asked.exit_code == 0) return {};
  return Fail(ErrorCode::kConfiguration, fmt::format("the shell knows no command '{}'", word),
              HintFor(word, SearchFolders(command)));
}

std::string_view PlainFirstWord(std::string_view line) {
  const size_t begin = line.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";
  const size_t end = std::min(line.find_first_not_of(plain, begin), line.size());
  const size_t next = line.find_first_not_of(" \t", end);
  const bool ends_word = end == line.size() || std::string_view(" \t\n;|&").find(line[end]) != std::string_view::npos;
  const bool is_function = next != std::string_view::npos && line[next] == '(';
  return ends_word && !is_function ? line.substr(begin, end - begin) : std::string_view();
}

}  // namespace rapidbyte::lab
