#include "report/run_notes_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/matrix_report.h"
#include "report/test_samples.h"

namespace rapidbyte::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RunNotesText, NothingToSayIsNoSection) { EXPECT_EQ(NotesSection({}, 0), ""); }

TEST(RunNotesText, SaysEachThing) {
  record::Sample first, seventh;
  first.cell = seventh.cell = {{"load_method", "copy"}};
  seventh.block = 8;  // counted from 0, the two that warm up included
  analysis::RunNotes notes;
  notes.trend = analysis::RunTrend{1.042, 0.003, 20};
  notes.failing = {{{{"rows", "10"}}, 3, 10}};
  notes.outliers = {{&first, 0.3, 0.1, true}, {&seventh, 0.2, 0.1, false}};
  EXPECT_THAT(
      NoteSentences(notes, 2),
      ElementsAre(HasSubstr("got slower by 4.20% in the course of the run (p = 0.003, 20 blocks)"),
                  HasSubstr("3 of 10 runs of rows=10 failed"), HasSubstr("First run of load_method=copy: 300 ms"),
                  HasSubstr("Outlier: load_method=copy in block 7: 200 ms, 2.00 times its median")));
  notes.slow_start = 1.2;
  EXPECT_THAT(NoteSentences(notes, 2),
              ElementsAre(HasSubstr("slower"), HasSubstr("The first block took 20.0% longer than the others"),
                          HasSubstr("failed"), HasSubstr("block 7")))
      << "the first runs are in the first block";
  EXPECT_THAT(NotesSection(notes, 2), testing::StartsWith("Notes\n  The machine got slower"));
}

TEST(RunNotesText, OfMetricsThatAreNoTimes) {
  analysis::RunNotes notes;
  notes.rule.name = "throughput";
  notes.rule.unit = "";
  notes.trend = analysis::RunTrend{0.9, 0.003, 20};
  notes.slow_start = 0.8;
  EXPECT_THAT(NoteSentences(notes, 2), ElementsAre(HasSubstr("fell by 10.0% in throughput"),
                                                   HasSubstr("was 20.0% lower than the others in throughput")));
}

TEST(RunNotesText, NamesFewOfManyOutliers) {
  record::Sample sample;
  analysis::RunNotes notes;
  notes.outliers = std::vector<analysis::OutlierRun>(9, {&sample, 2, 1, false});
  const auto sentences = NoteSentences(notes, 2);
  ASSERT_EQ(sentences.size(), 6u);
  EXPECT_THAT(sentences.back(), HasSubstr("4 more outliers"));
}

TEST(RunNotesText, StandInTheReportOfAMatrix) {
  std::vector<record::Sample> samples = TestSamples(10);
  EXPECT_THAT(MatrixText(TestCampaign(), samples, false), testing::Not(HasSubstr("Notes\n")));
  for (record::Sample& sample : samples) {
    if (sample.block == 1) sample.wall_secs *= 2;
  }
  EXPECT_THAT(MatrixText(TestCampaign(), samples, false), HasSubstr("\nNotes\n  The first block took"));
  const auto report = nlohmann::json::parse(MatrixJson(TestCampaign(), samples));
  ASSERT_EQ(report["notes"].size(), 1u);
  EXPECT_THAT(report["notes"][0].get<std::string>(), HasSubstr("more warm-up"));
}

}  // namespace
}  // namespace rapidbyte::report
