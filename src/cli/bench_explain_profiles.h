// Profiles of both sides of an explanation, from files to the functions that grew.
#pragma once

#include <string>
#include <vector>

#include "analysis/frame_change.h"
#include "base/result.h"

namespace rapidbyte::cli {

// Each file a profile of one run (any form that profile::ReadProfile knows). Functions by their own time on the CPU, or
// by their own share where profiles count samples: those that changed for sure first, growing ones before shrinking
// ones, each by size. Errors: kConfiguration for a file that cannot be read, kData for one that holds no profile,
// kUsage where a side has none.
Result<analysis::FrameChanges> CompareProfiles(const std::vector<std::string>& before,
                                               const std::vector<std::string>& after);

}  // namespace rapidbyte::cli
