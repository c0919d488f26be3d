// Which parameter of a campaign its cells are compared by, where nobody says. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "analysis/observation.h"

namespace rapidbyte::analysis {

// The subject where there are several; else the load method; else the first other parameter, in the order of
// `parameters`, that has several values, but the size of the dataset only as the last resort. Its values come in the
// order in which they first appear in `cells`; the first is what the others compare to. No columns where all cells
// are one.
Projection ContrastOf(const std::vector<record::CellKey>& cells, const std::vector<std::string>& parameters);

}  // namespace rapidbyte::analysis
