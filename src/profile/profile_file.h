// A profile as a file: JSON whose tables are columns, so that a reader in any language has it in a few lines.
//
// docs/formats/profile.md describes it. Nothing is lost on the way there and back, except bytes of a name that are no
// UTF-8, which become U+FFFD. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::profile {

inline constexpr int kProfileFileVersion = 1;

std::string WriteProfile(const Profile& profile);

// Every id is checked. Errors: kData, which name the line where it is no JSON, otherwise the column and the row.
Result<Profile> ReadProfileFile(std::string_view text, const std::string& name);

}  // namespace rapidbyte::profile
