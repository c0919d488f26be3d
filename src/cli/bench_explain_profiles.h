// Profiles of both sides of a cell: the files, and from these the functions that grew.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/frame_change.h"
#include "base/result.h"
#include "record/campaign.h"
#include "record/sample.h"

namespace rapidbyte::cli {

// One side of a cell.
struct ProfiledSide {
  std::string name;                            // for people
  std::vector<const record::Sample*> samples;  // the runs
  std::vector<std::string> files;              // profiles; none: those that were recorded of these runs
};

// Functions by their own time on the CPU, or by their own share where profiles count samples: growing ones before
// shrinking ones, each by how much it changed at least (95%), then those that may not have changed. Profiles are in any
// form that profile::ReadProfile knows. Where nobody names any, they are looked for where `bench run --profile` and
// `bench profile --of` leave them; `campaigns` of `store` say how missing ones would be recorded. Errors, where files
// were named: kConfiguration for one that cannot be read, kData for one that holds no profile; what is wrong with
// others stands in the result.
Result<analysis::CellFrames> FramesOfCell(ProfiledSide before, ProfiledSide after,
                                          std::span<const record::Campaign> campaigns, const std::string& store);

}  // namespace rapidbyte::cli
