// What `bench run --dry-run` prints: the plan of a campaign as a text of at most 80 columns. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "scenario/plan.h"

namespace rapidbyte::report {

// `blocks_before_significance`: the fewest blocks after which a comparison of this many cells can be significant at
// all; a plan with fewer is told to be too short. Ends with a line feed. docs/scenarios.md explains it to its readers.
std::string PlanText(const scenario::Plan& plan, std::optional<size_t> blocks_before_significance);

}  // namespace rapidbyte::report
