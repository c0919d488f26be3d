// The report of a campaign of any matrix: every cell, then the cells against each other. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "record/campaign.h"
#include "record/sample.h"
#include "report/comparison_report.h"

namespace rapidbyte::report {

// "4e152f18cd on main, with changes that are not committed", or "unknown".
std::string CommitText(const record::Campaign& campaign);

// At most 80 columns wide where names allow it; `why` adds the reasons of every verdict, `causes` those of the cells
// that are slower than the one they compare to. Ends with a line feed.
std::string MatrixText(const record::Campaign& campaign, std::span<const record::Sample> samples, bool why,
                       std::vector<CellCauses> causes = {});

// docs/formats/bench_report.md has the keys.
std::string MatrixJson(const record::Campaign& campaign, std::span<const record::Sample> samples,
                       std::vector<CellCauses> causes = {});

}  // namespace rapidbyte::report
