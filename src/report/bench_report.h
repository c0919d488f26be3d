// The report of `bench run`: from a campaign and its samples to a text of at most 80 columns, or to JSON.
//
// Pure renderers: the same samples give the same bytes. Warm-up blocks and failed runs are left out of the statistics
// and said to be. Ratios pair the runs of a block; only blocks in which both runs succeeded count. Any thread.
// docs/formats/bench_report.md has the JSON, docs/statistics.md the statistics.
#pragma once

#include <span>
#include <string>

#include "record/sample.h"

namespace rapidbyte::report {

// Any number of modes, also of a campaign that was interrupted. Ends with a line feed.
std::string BenchReportText(const record::Campaign& campaign, std::span<const record::Sample> samples);

// One JSON object over several lines; ends with a line feed.
std::string BenchReportJson(const record::Campaign& campaign, std::span<const record::Sample> samples);

}  // namespace rapidbyte::report
