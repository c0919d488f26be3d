// Metrics that decide nothing, below a comparison. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "analysis/exploration.h"

namespace rapidbyte::report {

// Empty where there is nothing to show. At most 80 columns wide where names allow it.
std::string ExplorationText(std::span<const analysis::ExploredCell> cells);

}  // namespace rapidbyte::report
