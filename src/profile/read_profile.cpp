#include "profile/read_profile.h"

#include <fmt/format.h>

#include <algorithm>

#include "profile/folded.h"
#include "profile/perf_script.h"
#include "profile/profile_file.h"
#include "profile/text.h"

namespace rapidbyte::profile {

namespace {
constexpr size_t kLongLine = 4096;
}  // namespace

Result<TextKind> KindOf(std::string_view beginning, const std::string& name) {
  const size_t start = beginning.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return Fail(ErrorCode::kData, fmt::format("{}: empty", name));
  if (beginning[start] == '{') return TextKind::kProfileFile;
  if (LooksLikePerfScript(beginning)) return TextKind::kPerfScript;
  const auto line = static_cast<size_t>(std::count(beginning.begin(), beginning.begin() + start, '\n')) + 1;
  const std::string_view first = beginning.substr(start, beginning.find('\n', start) - start);
  // A stack so deep that its line goes on: its reader sees to the count.
  const bool goes_on = beginning.find('\n', start) == std::string_view::npos;
  if (goes_on && first.size() >= kLongLine && first.find(';') != std::string_view::npos) return TextKind::kFolded;
  const size_t end = first.find_last_not_of(" \t\r");
  const size_t count = first.find_last_of(" \t", end);
  if (count != std::string_view::npos && NumberOf(first.substr(count + 1, end - count))) return TextKind::kFolded;
  return Fail(ErrorCode::kData, fmt::format("{}: neither a profile file, nor folded stacks, nor perf script: \"{}\"",
                                            Place(name, line), Excerpt(first)));
}

Result<Profile> ReadProfile(std::string_view text, const std::string& name) {
  std::string storage;
  RB_ASSIGN(text, DecodeText(text, name, storage));
  RB_ASSIGN(const TextKind kind, KindOf(text, name));
  if (kind == TextKind::kProfileFile) return ReadProfileFile(text, name);
  return kind == TextKind::kFolded ? ReadFolded(text, name) : ReadPerfScript(text, name);
}

}  // namespace rapidbyte::profile
