// From a comparison's cells back to the runs they were made of, and from these to causes.
#pragma once

#include <vector>

#include "analysis/comparison.h"
#include "analysis/explanation.h"
#include "cli/bench_selection.h"
#include "report/comparison_report.h"

namespace rapidbyte::cli {

// The samples of one cell in one of the comparison's columns. They belong to `selection`.
std::vector<const record::Sample*> SamplesOfCell(const Selection& selection, const analysis::Projection& projection,
                                                 const record::CellKey& row, size_t column);

analysis::Explanation ExplainCell(const Selection& selection, const analysis::Projection& projection,
                                  const analysis::ComparedCell& cell);

// Of each cell that regressed. Reads no more of the samples than it takes to find these cells'. Cells of other tools'
// files, and of windows, of which only single values are known, have none.
std::vector<report::CellCauses> CausesOfRegressions(const Selection& selection, const analysis::Projection& projection,
                                                    const analysis::Comparison& comparison);

}  // namespace rapidbyte::cli
