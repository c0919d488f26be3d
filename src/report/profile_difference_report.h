// The difference of two sides of profiles as a table for a terminal, and as JSON. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "profile/difference.h"

namespace rapidbyte::report {

// The functions whose own time changed, significant ones first, in lines of at most 80 columns; `most` of them.
std::string ProfileDifferenceText(const profile::Difference& difference, size_t most = 40);

// All functions: {"runs":{…},"basis":…,"decided":…,"functions":[{"name","own":{"before",…},"total":{…}}…]}.
std::string ProfileDifferenceJson(const profile::Difference& difference);

}  // namespace rapidbyte::report
