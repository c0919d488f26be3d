#include "analysis/run_notes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rapidbyte::analysis {
namespace {

using record::Sample;

// Three cells of different speed in `blocks` blocks, after a warm-up block; `factor` says what a block does to them.
// The cells stray by 1% in a fixed way without a trend.
template <typename Factor>
std::vector<Sample> SamplesOf(uint32_t blocks, Factor factor) {
  constexpr double kStray[] = {0, 0.01, -0.004, 0.006, -0.008, 0.002, -0.006};
  std::vector<Sample> samples;
  for (uint32_t block = 0; block <= blocks; ++block) {
    for (uint32_t cell = 0; cell < 3; ++cell) {
      Sample sample;
      sample.block = block;
      sample.warmup = block == 0;
      sample.cell = {{"rows", std::to_string(cell)}};
      sample.wall_secs = (cell + 1) * factor(block) * (1 + kStray[(block * 3 + cell * 2) % 7]);
      samples.push_back(sample);
    }
  }
  return samples;
}

double Steady(uint32_t) { return 1; }

TEST(RunNotes, AQuietRunHasNone) {
  const std::vector<Sample> samples = SamplesOf(20, Steady);
  const RunNotes notes = NotesOfRun(samples, {});
  EXPECT_FALSE(notes.slow_start);
  EXPECT_FALSE(notes.trend);
  EXPECT_TRUE(notes.outliers.empty());
  EXPECT_TRUE(notes.failing.empty());
}

TEST(RunNotes, ASlowFirstBlock) {
  const auto factor = [](uint32_t block) { return block <= 1 ? 1.2 : 1.0; };
  const std::vector<Sample> samples = SamplesOf(20, factor);
  const RunNotes notes = NotesOfRun(samples, {});
  ASSERT_TRUE(notes.slow_start);
  EXPECT_NEAR(*notes.slow_start, 1.2, 0.02);
  EXPECT_EQ(notes.outliers.size(), 3u) << "one of each cell";
  for (const OutlierRun& outlier : notes.outliers) EXPECT_TRUE(outlier.is_first);
  MetricRule higher;
  higher.direction = stats::Direction::kHigherIsBetter;
  EXPECT_FALSE(NotesOfRun(samples, higher).slow_start) << "a high start is a good one there";
}

TEST(RunNotes, ATrendOverAllCells) {
  const std::vector<Sample> samples = SamplesOf(20, [](uint32_t block) { return std::exp(0.002 * block); });
  const RunNotes notes = NotesOfRun(samples, {});
  ASSERT_TRUE(notes.trend);
  EXPECT_NEAR(notes.trend->ratio, std::exp(0.002 * 19), 0.006);
  EXPECT_EQ(notes.trend->blocks, 20u);
  EXPECT_LE(notes.trend->p_value, 0.01);
}

TEST(RunNotes, AnOutlierIsNamedWithItsCell) {
  std::vector<Sample> samples = SamplesOf(20, Steady);
  samples[3 * 7 + 1].wall_secs *= 3;
  const RunNotes notes = NotesOfRun(samples, {});
  ASSERT_EQ(notes.outliers.size(), 1u);
  EXPECT_EQ(notes.outliers[0].sample, &samples[3 * 7 + 1]);
  EXPECT_FALSE(notes.outliers[0].is_first);
  EXPECT_NEAR(notes.outliers[0].median, 2, 0.02);
  EXPECT_FALSE(notes.trend);
}

TEST(RunNotes, CellsThatOftenFail) {
  std::vector<Sample> samples = SamplesOf(10, Steady);
  for (const uint32_t block : {2u, 5u}) samples[3 * block].outcome = record::Outcome::kTimeout;
  samples[3 * 4 + 2].outcome = record::Outcome::kFailed;
  samples[0].outcome = record::Outcome::kFailed;  // warm-up
  const RunNotes notes = NotesOfRun(samples, {});
  ASSERT_EQ(notes.failing.size(), 1u);
  EXPECT_EQ(notes.failing[0].cell.at("rows"), "0");
  EXPECT_EQ(notes.failing[0].failed, 2u);
  EXPECT_EQ(notes.failing[0].runs, 10u);
}

TEST(RunNotes, BuildsAreCellsOfTheirOwn) {
  std::vector<Sample> samples = SamplesOf(10, Steady);
  std::vector<Sample> other = SamplesOf(10, [](uint32_t) { return 5; });
  for (Sample& sample : samples) sample.build = "a";
  for (Sample& sample : other) sample.build = "b";
  samples.insert(samples.end(), other.begin(), other.end());
  EXPECT_TRUE(NotesOfRun(samples, {}).outliers.empty());
}

TEST(RunNotes, TakeWhatThereIs) {
  EXPECT_FALSE(NotesOfRun({}, {}).trend);
  MetricRule missing;
  missing.name = "nothing has it";
  const std::vector<Sample> samples = SamplesOf(8, Steady);
  EXPECT_FALSE(NotesOfRun(samples, missing).trend);
  std::vector<Sample> zeros = samples;
  for (Sample& sample : zeros) sample.wall_secs = 0;
  EXPECT_FALSE(NotesOfRun(zeros, {}).slow_start) << "no ratio to zero";
}

}  // namespace
}  // namespace rapidbyte::analysis
