// Any text that holds a profile: what it is follows from its content, not from its name.
//
// A profile file, folded stacks, or what `perf script` prints. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::profile {

enum class TextKind { kProfileFile, kFolded, kPerfScript };

// By its beginning, of which a few lines suffice; without a byte order mark. Errors: kData where it is none of them.
Result<TextKind> KindOf(std::string_view beginning, const std::string& name);

// `name` is what messages call it. Errors: kData with name and line.
Result<Profile> ReadProfile(std::string_view text, const std::string& name);

}  // namespace rapidbyte::profile
