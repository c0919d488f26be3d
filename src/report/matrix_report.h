// The report of a campaign of any matrix: every cell, then the cells against each other. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "record/campaign.h"
#include "record/sample.h"

namespace rapidbyte::report {

// At most 80 columns wide where names allow it; `why` adds the reasons of every verdict. Ends with a line feed.
std::string MatrixText(const record::Campaign& campaign, std::span<const record::Sample> samples, bool why);

// docs/formats/bench_report.md has the keys.
std::string MatrixJson(const record::Campaign& campaign, std::span<const record::Sample> samples);

}  // namespace rapidbyte::report
