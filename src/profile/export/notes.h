// What a reader of a profile must know and has no field for in most formats: what was measured, and what is missing.
#pragma once

#include <string>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

// One sentence each: "Sampled cpu-clock at 499 Hz." Pure; any thread.
std::vector<std::string> Notes(const Profile& profile);

// "program 123/124 worker", of what is known; "thread 3" where nothing is.
std::string ThreadTitle(const Profile& profile, size_t thread);

}  // namespace rapidbyte::profile
