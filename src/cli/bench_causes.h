// From a comparison's cells back to the runs they were made of, and from these to causes.
#pragma once

#include <vector>

#include "analysis/comparison.h"
#include "cli/bench_selection.h"
#include "report/comparison_report.h"

namespace rapidbyte::cli {

// The samples of one cell in one of the comparison's columns. They belong to `selection`.
std::vector<const record::Sample*> SamplesOfCell(const Selection& selection, const analysis::Projection& projection,
                                                 const record::CellKey& row, size_t column);

// Files of profiles that the user names, for each side that has some.
struct NamedProfiles {
  std::vector<std::string> before, after;
};

// The parts of the cell's runs, and what profiles say of them; neither where its runs are not known. Errors: as
// CompareProfiles, of the named ones.
Result<report::CellCauses> CausesOfCell(const Selection& selection, const analysis::Projection& projection,
                                        const analysis::ComparedCell& cell, const NamedProfiles& profiles = {});

// Of each cell that regressed. Reads no more of the samples than it takes to find these cells'. Cells of other tools'
// files, and of windows, of which only single values are known, have none.
std::vector<report::CellCauses> CausesOfRegressions(const Selection& selection, const analysis::Projection& projection,
                                                    const analysis::Comparison& comparison);

// Of each cell of a campaign that is worse than the one it compares to, as `bench run` has them. Functions only where
// profiles of the campaign were recorded.
std::vector<report::CellCauses> CausesOfCampaign(const record::Campaign& campaign,
                                                 const std::vector<record::Sample>& samples);

}  // namespace rapidbyte::cli
