#include "analysis/history.h"

#include <gtest/gtest.h>

namespace rapidbyte::analysis {
namespace {

HistorySeries StepAt(size_t step, size_t size) {
  HistorySeries series;
  for (size_t i = 0; i < size; ++i) {
    const double wobble = 0.001 * static_cast<double>(i * 7 % 5);
    series.points.push_back({"2026-11-24", "c" + std::to_string(i), (i < step ? 1.0 : 1.2) + wobble, 1});
  }
  return series;
}

TEST(FindChanges, FindsAStepInTheSeries) {
  HistorySeries series = StepAt(30, 60);
  FindChanges(series);
  ASSERT_EQ(series.changes.size(), 1u);
  EXPECT_EQ(series.changes[0].index, 30u);
  EXPECT_NEAR(series.changes[0].change, 0.2, 0.01);
}

TEST(StableWindowBegin, StopsAtTheLastChange) {
  HistorySeries series = StepAt(30, 60);
  EXPECT_EQ(StableWindowBegin(series, 50), 10u) << "no change is known yet";
  FindChanges(series);
  EXPECT_EQ(StableWindowBegin(series, 50), 30u);
  EXPECT_EQ(StableWindowBegin(series, 10), 50u);
  EXPECT_EQ(StableWindowBegin(HistorySeries(), 10), 0u);
}

}  // namespace
}  // namespace rapidbyte::analysis
