#include "report/failed_runs.h"

#include <gtest/gtest.h>

namespace rapidbyte::report {
namespace {

record::Sample Failed(uint32_t block, bool warmup, const std::string& error) {
  record::Sample sample;
  sample.cell = {{"query", "q1"}};
  sample.block = block;
  sample.warmup = warmup;
  sample.outcome = record::Outcome::kFailed;
  sample.error = error;
  return sample;
}

TEST(FailedRuns, ThoseThatFailedAlikeAreOne) {
  const std::vector<record::Sample> samples = {Failed(1, false, "no disk"), Failed(2, false, "no disk"),
                                               Failed(3, false, "no server"), Failed(4, false, "no disk")};
  std::vector<const record::Sample*> failures;
  for (const record::Sample& sample : samples) failures.push_back(&sample);
  const std::vector<FailedRuns> groups = GroupFailures(failures);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].Blocks(1), "block 1 and 2 more");
  EXPECT_EQ(groups[1].Blocks(1), "block 3");
}

}  // namespace
}  // namespace rapidbyte::report
