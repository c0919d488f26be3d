#include "report/matrix_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/test_samples.h"

namespace rapidbyte::report {
namespace {

using testing::HasSubstr;

TEST(MatrixText, PeakMemoryIsThatOfTheTreeWhereItIsKnown) {
  std::vector<record::Sample> samples = TestSamples(10);
  for (record::Sample& sample : samples) sample.max_rss_bytes = 24'000'000;
  EXPECT_THAT(MatrixText(TestCampaign(), samples, false), HasSubstr("102 ms      24.0 MB\n"));
  for (record::Sample& sample : samples) sample.tree_rss_bytes = 31'000'000;
  EXPECT_THAT(MatrixText(TestCampaign(), samples, false), HasSubstr("102 ms      31.0 MB\n"));
}

}  // namespace
}  // namespace rapidbyte::report
