// The runs that failed, told as the progress tells them: blocks from one, without those that warmed up. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "record/sample.h"

namespace rapidbyte::report {

// Runs of one cell that failed alike: same outcome, exit code and output.
struct FailedRuns {
  const record::Sample* first;
  size_t count;
  std::string Blocks(uint32_t warmup_blocks) const;  // "block 3", or "block 3 and 7 more"
};

// In the order of their first runs.
std::vector<FailedRuns> GroupFailures(std::span<const record::Sample* const> failures);

}  // namespace rapidbyte::report
