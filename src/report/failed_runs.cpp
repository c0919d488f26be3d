#include "report/failed_runs.h"

#include <fmt/format.h>

#include <algorithm>

namespace rapidbyte::report {

std::string FailedRuns::Blocks(uint32_t warmup_blocks) const {
  const std::string name = record::BlockName(*first, warmup_blocks);
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
