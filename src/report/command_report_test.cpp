#include "report/command_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/golden_file.h"
#include "report/test_commands.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CommandReportTest : public testing::Test {
 protected:
  void Add(const std::string& name, double secs, uint32_t blocks = 12) {
    question_.commands.push_back(Named(name));
    AddRuns(question_.commands.back(), secs, blocks, samples_);
  }
  CommandAnalysis Analysis() const { return AnalyzeCommands(question_, samples_); }
  std::string Text(const CommandNotes& notes = {}) const { return CommandText(Analysis(), notes); }
  // Of the second command of two.
  std::string Sentence() const { return CommandSentence(Analysis(), 1); }

  CommandQuestion question_;
  std::vector<record::Sample> samples_;
};

TEST_F(CommandReportTest, OneCommand) {
  Add("sleep 0.02", 0.0209);
  ExpectGolden("command_one.txt", Text());
}

TEST_F(CommandReportTest, TimesInTheUnitThatIsAsked) {
  Add("sleep 0.02", 0.0209);
  CommandNotes notes;
  notes.time_unit = TimeUnit::kSeconds;
  EXPECT_THAT(Text(notes), testing::AllOf(HasSubstr("0.0209 s"), testing::Not(HasSubstr(" ms"))));
  notes.time_unit = TimeUnit::kMicroseconds;
  EXPECT_THAT(CommandMarkdown(Analysis(), notes), HasSubstr("| 20900 µs |"));
}

TEST_F(CommandReportTest, AsciidocIsATableOfItsOwn) {
  Add("a | b", 0.0209);
  const std::string text = CommandAsciidoc(Analysis(), {});
  EXPECT_THAT(text, testing::StartsWith("[cols="));
  EXPECT_THAT(text, HasSubstr("\n| `a \\| b`\n| 20.9 ms\n"));
  EXPECT_THAT(text, testing::EndsWith("|===\n"));
}

TEST_F(CommandReportTest, TheFarthestOutlierMayBeAShortOne) {
  Add("sleep 0.02", 0.0209);
  samples_[5].wall_secs = 0.001;
  EXPECT_THAT(CommandWarnings(Analysis())[0], HasSubstr("the farthest 1.00 ms in block 6."));
  samples_[0].warmup = samples_[1].warmup = true;
  EXPECT_THAT(CommandWarnings(Analysis())[0], HasSubstr("the farthest 1.00 ms in block 4."));
}

TEST_F(CommandReportTest, ProcessesOfAPipeHaveTwoPeaks) {
  Add("a | b", 0.05);
  const auto of_the_others = [&](uint64_t bytes) {
    for (record::Sample& sample : samples_) sample.tree_rss_bytes = sample.max_rss_bytes + bytes;
  };
  of_the_others(8'000'000);
  EXPECT_THAT(Text(), testing::ContainsRegex("peak memory, process +1.96 MB"));
  EXPECT_THAT(Text(), testing::ContainsRegex("peak memory, tree +9.96 MB"));
  of_the_others(1'000'000);
  EXPECT_THAT(Text(), testing::Not(HasSubstr("tree"))) << "a shell that waits";
}

TEST_F(CommandReportTest, TwoCommands) {
  Add("rg needle", 0.0209);
  Add("grep -r needle .", 0.0257);
  ExpectGolden("command_two.txt", Text());
}

TEST_F(CommandReportTest, SeveralCommandsWithMetricsAndWarnings) {
  question_.metrics = {{"ops_per_sec", "", stats::Direction::kHigherIsBetter}};
  Add("compress --level 1 --threads 4 --input benchmark-corpus.tar", 0.812);
  Add("zstd", 0.341);
  Add("lz4c", 0.3405);
  Add("gzip", 2.1);
  samples_[0].wall_secs = 2.5;
  samples_[30].wall_secs = 0.9;
  samples_[40].exit_code = 3;
  CommandNotes notes;
  notes.warnings = {"a warning of the command line."};
  ExpectGolden("command_several.txt", Text(notes));
  ExpectGolden("command_several.md", CommandMarkdown(Analysis(), {.order = CommandOrder::kMedian}));
}

TEST_F(CommandReportTest, ATableSaysWhyARatioIsMissing) {
  Add("a", 0.02);
  Add("b", 0.03);
  Add("c", 0.04);
  samples_[3].wall_secs = 0;
  EXPECT_THAT(Text(), HasSubstr("  no ratio\n"));
  EXPECT_THAT(Text(), HasSubstr("No ratio where a run took no longer than the shell's start-up"));
}

TEST_F(CommandReportTest, FitsIntoEightyColumns) {
  Add("a command that is rather long and does not fit into a column of a table", 0.812);
  Add("zstd", 0.341);
  Add("gzip", 2.1);
  const std::string text = Text();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(DisplayWidth(text.substr(begin, end - begin)), 80u) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST_F(CommandReportTest, TheFasterOfTwoIsTheSubjectOfTheSentence) {
  Add("slow", 0.024);
  Add("fast", 0.020);
  EXPECT_THAT(Sentence(), HasSubstr("'fast' was 1.20 times as fast as 'slow' (95% interval "));
  EXPECT_THAT(Sentence(), HasSubstr(", 12 blocks)."));
  std::swap(question_.commands[0], question_.commands[1]);
  EXPECT_THAT(Sentence(), HasSubstr("'fast' was 1.20 times as fast as 'slow' (95% interval "));
}

TEST_F(CommandReportTest, TheSameIsSaidOnlyWhereItIsShown) {
  Add("aa", 0.02);
  Add("bb", 0.02);  // the same noise: as equal as can be
  EXPECT_THAT(Sentence(), HasSubstr("No difference of 1.5% or more: 'bb' took 1.000 times as long as 'aa'"));
}

TEST_F(CommandReportTest, UndecidedSaysHowManyBlocksWouldDecide) {
  Add("a", 0.02);
  Add("bb", 0.0202);
  EXPECT_THAT(Sentence(), HasSubstr("No difference is shown, and none is ruled out: 'bb' took 1.0"));
  EXPECT_THAT(Sentence(), HasSubstr(" blocks would decide (-r "));
}

TEST_F(CommandReportTest, AnIntervalWithoutOneIsNotYetAVerdict) {
  Add("a", 0.02, 7);
  Add("b", 0.03, 7);
  EXPECT_THAT(Sentence(), HasSubstr("A difference is likely, but not shown (p = 0.016, a verdict takes 0.01): 'b' took "
                                    "1.50 times as long as 'a'"));
}

TEST_F(CommandReportTest, FewBlocksAreTooFew) {
  Add("a", 0.02, 3);
  Add("b", 0.03, 3);
  EXPECT_EQ(Sentence(),
            "Too few blocks to compare (3): 'b' took 1.50 times as long as 'a'; at least 8 are needed (-r 8).");
}

TEST_F(CommandReportTest, ATimeOfZeroHasNoRatio) {
  Add("a", 0);
  Add("b", 0.01);
  EXPECT_EQ(
      Sentence(),
      "No ratio of 'b' to 'a': a run took no longer than the shell's start-up, which is taken off (-N does without "
      "the shell).");
}

TEST_F(CommandReportTest, AnotherMetricMayDecide) {
  question_.primary = {"ops_per_sec", "", stats::Direction::kHigherIsBetter};
  Add("a", 0.02);
  Add("b", 0.01);
  EXPECT_THAT(Sentence(), HasSubstr("Better: the ops_per_sec of 'b' was 2.00 times that of 'a' (95% interval "));
}

TEST_F(CommandReportTest, WithoutAReferenceTheFastestIsOneAndAllPairsAreCorrectedFor) {
  Add("b", 0.02);
  Add("a", 0.01);
  Add("c", 0.04);
  const CommandAnalysis analysis = Analysis();
  EXPECT_EQ(analysis.reference, 1u);
  EXPECT_FALSE(analysis.commands[1].decision);
  EXPECT_EQ(analysis.commands[0].decision->family, 3u);
  EXPECT_THAT(ByMedian(analysis), ElementsAre(1, 0, 2));
}

TEST_F(CommandReportTest, ANamedReferenceStaysOne) {
  question_.has_reference = true;
  Add("b", 0.02);
  Add("a", 0.01);
  Add("c", 0.04);
  const CommandAnalysis analysis = Analysis();
  EXPECT_EQ(analysis.reference, 0u);
  EXPECT_EQ(analysis.commands[1].decision->family, 2u);
  EXPECT_EQ(analysis.commands[1].decision->verdict, stats::Verdict::kImproved);
}

TEST_F(CommandReportTest, UntilDecidedTakesTheVerdictOfItsLook) {
  question_.stopping = analysis::Stopping{0, 12, 60, false};
  Add("a", 0.01);
  Add("b", 0.02);
  const CommandAnalysis analysis = Analysis();
  EXPECT_EQ(analysis.commands[1].decision->verdict, stats::Verdict::kRegressed);
  EXPECT_GT(analysis.commands[1].decision->look, 0u);
}

TEST_F(CommandReportTest, WarmUpAndFailuresAreInNoNumber) {
  Add("a", 0.02);
  samples_[0].warmup = true;
  samples_[1].outcome = record::Outcome::kFailed;
  EXPECT_EQ(Analysis().commands[0].runs.size(), 10u);
  for (record::Sample& sample : samples_) sample.outcome = record::Outcome::kFailed;
  EXPECT_THAT(Text(), HasSubstr("No run succeeded"));
}

TEST_F(CommandReportTest, WarnsOfASlowFirstRunButNotTwice) {
  Add("a", 0.02);
  samples_[0].wall_secs = 0.2;
  const auto warnings = CommandWarnings(Analysis());
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("the first run of 'a' took 200 ms, 9.95 times its median: -w"));
}

TEST_F(CommandReportTest, AControlCharacterOfACommandReachesNoTerminal) {
  Add("printf '\033[31m'\necho", 0.02);
  EXPECT_EQ(Text().find('\033'), std::string::npos);
  EXPECT_THAT(QuotedCommand(std::string(100, 'x')), HasSubstr("x…'"));
}

TEST_F(CommandReportTest, JsonHasAllNumbers) {
  question_.metrics = {{"ops_per_sec", "", stats::Direction::kHigherIsBetter}};
  Add("a", 0.02);
  Add("b", 0.04);
  const auto json = nlohmann::json::parse(CommandJson({}, Analysis(), {}));
  EXPECT_EQ(json["blocks"], 12);
  EXPECT_EQ(json["commands"][0]["is_reference"], true);
  EXPECT_TRUE(json["commands"][0]["comparison"].is_null());
  EXPECT_EQ(json["commands"][1]["comparison"]["verdict"], "regressed");
  EXPECT_NEAR(json["commands"][1]["comparison"]["ratio"], 2, 0.01);
  EXPECT_EQ(json["commands"][1]["metrics"]["wall"]["n"], 12);
  EXPECT_EQ(json["commands"][1]["metrics"]["ops_per_sec"]["n"], 12);
}

}  // namespace
}  // namespace rapidbyte::report
