#include "profile/read_profile.h"

#include <fmt/format.h>

#include "profile/folded.h"
#include "profile/profile_file.h"
#include "profile/text.h"

namespace rapidbyte::profile {

Result<TextKind> KindOf(std::string_view beginning, const std::string& name) {
  const size_t start = beginning.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return Fail(ErrorCode::kData, fmt::format("{}: empty", name));
  return beginning[start] == '{' ? TextKind::kProfileFile : TextKind::kFolded;
}

Result<Profile> ReadProfile(std::string_view text, const std::string& name) {
  std::string storage;
  RB_ASSIGN(text, DecodeText(text, name, storage));
  RB_ASSIGN(const TextKind kind, KindOf(text, name));
  if (kind == TextKind::kProfileFile) return ReadProfileFile(text, name);
  return ReadFolded(text, name);
}

}  // namespace rapidbyte::profile
