// The plain sentences of a benchmark's report: who was faster, where the time went, what to beware of. Pure.
#pragma once

#include <string>
#include <vector>

#include "report/bench_analysis.h"

namespace rapidbyte::report {

// One for each cell after the first: «COPY was 2.41 times as fast as INSERT (95% interval 2.30 to 2.52, 10 blocks).»
// By process wall. For one cell alone, its median. Never empty.
std::vector<std::string> Conclusions(const BenchAnalysis& analysis);

// One for each cell that ran: the largest parts of its wall time.
std::vector<std::string> WhereTimeGoes(const BenchAnalysis& analysis);

// Slow first runs, outliers, too few blocks; empty where there is nothing to say.
std::vector<std::string> Notes(const BenchAnalysis& analysis);

}  // namespace rapidbyte::report
