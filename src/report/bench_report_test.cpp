#include "report/bench_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/golden_file.h"
#include "report/test_samples.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;
using record::Outcome;
using record::Sample;
using testing::HasSubstr;
using testing::Not;

// Every report that these tests make fits a terminal.
std::string Text(const record::Campaign& campaign, const std::vector<Sample>& samples) {
  const std::string text = BenchReportText(campaign, samples);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
  return text;
}

void Fail(Sample& sample, Outcome outcome, int exit_code, const std::string& error) {
  sample.outcome = outcome;
  sample.exit_code = exit_code;
  sample.error = error;
  sample.run = nullptr;
}

TEST(BenchReportText, TwoModes) { ExpectGolden("two_modes.txt", Text(TestCampaign(), TestSamples(10))); }

TEST(BenchReportText, OneMode) { ExpectGolden("one_mode.txt", Text(TestCampaign({"copy"}), TestSamples(3, {"copy"}))); }

TEST(BenchReportText, ThreeModes) {
  const std::vector<std::string> modes = {"insert", "copy", "upsert"};
  ExpectGolden("three_modes.txt", Text(TestCampaign(modes), TestSamples(6, modes)));
}

TEST(BenchReportText, FailuresAndTooFewBlocks) {
  std::vector<Sample> samples = TestSamples(4);
  Fail(samples[0], Outcome::kTimeout, 130, "");
  Fail(samples[3], Outcome::kFailed, 14,
       "one\ntwo\n\x1b[31mthree\n\nfour, a line that is much too long for a terminal of eighty columns and has to be "
       "wrapped\nerror: destination: the server closed the connection unexpectedly; is its disk full?\n");
  Fail(samples[4], Outcome::kWrongRows, 0, "expected 100000 rows with hash 1a2b, found 99999 with hash 3c4d");
  ExpectGolden("failures.txt", Text(TestCampaign(), samples));
}

TEST(BenchReportText, OutliersAreNamedAndCounted) {
  std::vector<Sample> samples = TestSamples(10);
  for (Sample& sample : samples) {
    if (sample.block == 1 && record::ModeOf(sample.cell) == "copy") sample.wall_secs *= 3;
    if (sample.block == 7 && record::ModeOf(sample.cell) == "insert") sample.wall_secs *= 2;
  }
  const std::string text = Text(TestCampaign(), samples);
  EXPECT_THAT(text, HasSubstr("The first run of COPY took"));
  EXPECT_THAT(text, HasSubstr("Outlier: INSERT in block 7 took"));
  EXPECT_THAT(text, HasSubstr("10 blocks)")) << "they stay in the statistics";
  std::erase_if(samples, [](const Sample& sample) { return sample.warmup; });
  for (Sample& sample : samples) --sample.block;
  EXPECT_THAT(Text(TestCampaign(), samples), HasSubstr("Outlier: INSERT in block 7 took")) << "the seventh that counts";
}

TEST(BenchReportText, NothingSucceeded) {
  std::vector<Sample> samples = TestSamples(2);
  for (Sample& sample : samples) Fail(sample, Outcome::kFailed, 12, "error: no server at port 5433");
  const std::string text = Text(TestCampaign(), samples);
  EXPECT_THAT(text, HasSubstr("No run succeeded"));
  EXPECT_THAT(text, HasSubstr("no server at port 5433"));
  EXPECT_THAT(Text(TestCampaign(), {}), HasSubstr("No run succeeded"));
}

TEST(BenchReportText, OneModeFailedWholly) {
  std::vector<Sample> samples = TestSamples(6);
  for (Sample& sample : samples) {
    if (record::ModeOf(sample.cell) == "copy") Fail(sample, Outcome::kFailed, 14, "error");
  }
  EXPECT_THAT(Text(TestCampaign(), samples), HasSubstr("No block has a successful run of both COPY and INSERT."));
}

TEST(BenchReportText, SaysTheFasterFirstWhateverTheOrder) {
  const std::vector<Sample> samples = TestSamples(10);
  EXPECT_THAT(Text(TestCampaign({"copy", "insert"}), samples), HasSubstr("\nCOPY was 2."));
  EXPECT_THAT(Text(TestCampaign({"copy", "insert"}), samples), HasSubstr("INSERT / COPY"));
  EXPECT_THAT(Text(TestCampaign(), samples), HasSubstr("\nCOPY was 2."));
  EXPECT_THAT(Text(TestCampaign(), samples), HasSubstr("COPY / INSERT"));
}

TEST(BenchReportText, SaysWhereNoDifferenceIsShown) {
  std::vector<Sample> samples = TestSamples(8);
  for (Sample& sample : samples)
    sample.wall_secs = 1 + 0.01 * ((sample.block + (record::ModeOf(sample.cell) == "copy")) % 3);
  const std::string text = Text(TestCampaign(), samples);
  EXPECT_THAT(text, HasSubstr("No difference is shown: COPY took"));
  EXPECT_THAT(text, Not(HasSubstr("times as fast")));
}

TEST(BenchReportText, ComparesRuntimes) {
  std::vector<Sample> samples = TestSamples(6, {"copy", "insert"});
  for (Sample& sample : samples) {
    sample.cell["runtime"] = record::ModeOf(sample.cell) == "copy" ? "aot" : "native";
    sample.cell["load_method"] = "copy";
  }
  EXPECT_THAT(Text(TestCampaign({"copy"}), samples), HasSubstr("COPY native was 2."));
}

TEST(BenchReportText, TheOrderOfSamplesDoesNotMatter) {
  std::vector<Sample> samples = TestSamples(6);
  const std::string text = Text(TestCampaign(), samples);
  std::reverse(samples.begin(), samples.end());
  EXPECT_EQ(Text(TestCampaign(), samples), text);
}

TEST(BenchReportText, TakesWhateverThePrintedLineHolds) {
  std::vector<Sample> samples = TestSamples(2);
  samples[2].run = json::array();
  samples[3].run = {{"duration_secs", "soon"}, {"host_functions", 7}, {"rows_per_sec", nullptr}};
  EXPECT_THAT(Text(TestCampaign(), samples), HasSubstr("2 blocks"));
}

TEST(BenchReportJson, HasAllStatistics) {
  std::vector<Sample> samples = TestSamples(6);
  Fail(samples[2], Outcome::kFailed, 14, "bytes that are not UTF-8: \xff");
  const std::string text = BenchReportJson(TestCampaign(), samples);
  const json report = json::parse(text);
  EXPECT_EQ(report["format"], "rapidbyte-bench-report");
  EXPECT_EQ(report["campaign"]["bench_rows"], 100'000);
  EXPECT_EQ(report["blocks"], 6);
  EXPECT_EQ(report["warmup_blocks"], 1);
  EXPECT_EQ(report["cells"][0]["name"], "INSERT");
  EXPECT_THAT(report["cells"][0]["samples"], testing::SizeIs(6));
  EXPECT_THAT(report["cells"][1]["samples"], testing::SizeIs(5)) << "one failed";
  EXPECT_EQ(report["cells"][1]["samples"][0], "20261124T090000-5eed/2/1");
  const json& wall = report["metrics"][0];
  EXPECT_EQ(wall["key"], "wall_secs");
  EXPECT_EQ(wall["unit"], "s");
  EXPECT_EQ(wall["cells"][0]["n"], 6);
  EXPECT_EQ(wall["ratios"][0]["pairs"], 5);
  EXPECT_TRUE(wall["ratios"][0]["interval"].is_null());
  EXPECT_NEAR(wall["ratios"][0]["estimate"], 1 / 2.4, 0.02);
  EXPECT_EQ(report["failures"][0]["outcome"], "failed");
  EXPECT_EQ(report["host_functions"][0]["key"], "host_functions/source/emit_batch/count");
  EXPECT_EQ(report["host_functions"][0]["cells"][0]["median"], 14);
  EXPECT_THAT(report["conclusions"], testing::SizeIs(1));
}

TEST(BenchReportJson, TextAndJsonAgree) {
  const std::vector<Sample> samples = TestSamples(10);
  const json report = json::parse(BenchReportJson(TestCampaign(), samples));
  const std::string conclusion = report["conclusions"][0];
  EXPECT_THAT(conclusion, HasSubstr("COPY was 2."));
  EXPECT_THAT(conclusion, HasSubstr("95% interval"));
  EXPECT_TRUE(Text(TestCampaign(), samples).ends_with("\n" + conclusion + "\n"));
}

TEST(BenchReportJson, NothingIsStillAReport) {
  const json report = json::parse(BenchReportJson(TestCampaign(), {}));
  EXPECT_TRUE(report["cells"].empty());
  EXPECT_TRUE(report["metrics"].is_array());
}

}  // namespace
}  // namespace rapidbyte::report
