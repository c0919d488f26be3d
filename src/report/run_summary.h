// The summary of one run for a person: what moved, how fast, and where each stage's time went. Pure; 80 columns.
#pragma once

#include <string>

#include "record/run_record.h"

namespace rapidbyte::report {

std::string RunSummary(const record::RunRecord& run);

}  // namespace rapidbyte::report
