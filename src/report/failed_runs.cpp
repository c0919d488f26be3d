#include "report/failed_runs.h"

#include <fmt/format.h>

#include <algorithm>

namespace rapidbyte::report {

std::string BlockName(const record::Sample& sample, uint32_t warmup_blocks) {
  if (sample.warmup) return fmt::format("warm-up block {}", sample.block + 1);
  return fmt::format("block {}", sample.block + 1 - std::min(warmup_blocks, sample.block));
}

std::string FailedRuns::Blocks(uint32_t warmup_blocks) const {
  const std::string name = BlockName(*first, warmup_blocks);
  return count == 1 ? name : fmt::format("{} and {} more", name, count - 1);
}

std::vector<FailedRuns> GroupFailures(std::span<const record::Sample* const> failures) {
  std::vector<FailedRuns> groups;
  for (const record::Sample* sample : failures) {
    const auto alike = std::find_if(groups.begin(), groups.end(), [&](const FailedRuns& group) {
      const record::Sample& other = *group.first;
      return other.cell == sample->cell && other.build == sample->build && other.outcome == sample->outcome &&
             other.exit_code == sample->exit_code && other.error == sample->error;
    });
    if (alike == groups.end()) {
      groups.push_back({sample, 1});
    } else {
      ++alike->count;
    }
  }
  return groups;
}

}  // namespace rapidbyte::report
