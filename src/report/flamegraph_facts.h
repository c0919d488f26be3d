// What a flamegraph's header says of the profile that it shows: what was sampled, how much, and what is missing. Pure.
#pragma once

#include <string>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::report {

// Clean sentences; those on what is missing begin with "Missing: ".
std::vector<std::string> FactsOf(const profile::Profile& profile);
std::string TitleOf(const profile::Profile& profile);
const char* OriginLabel(profile::Origin origin);

}  // namespace rapidbyte::report
