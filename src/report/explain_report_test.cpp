#include "report/explain_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/test_runs.h"
#include "report/comparison_causes.h"
#include "report/explain_table.h"
#include "report/gate_report.h"
#include "report/golden_file.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// Noise that is the same on every machine: no library's distribution is.
std::vector<record::Sample> Runs(const analysis::TestWork& work, uint32_t blocks, uint32_t phase) {
  std::vector<record::Sample> samples;
  for (uint32_t block = 0; block < blocks; ++block) {
    analysis::TestWork run = work;
    const auto wobble = [&](uint32_t step) { return 1 + 0.004 * static_cast<double>((block * step + phase) % 5); };
    run.decode *= wobble(3);
    run.read_wait *= wobble(7);
    run.encode *= wobble(2);
    run.commit *= wobble(9);
    run.process *= wobble(11);
    samples.push_back(analysis::TestRunOf(run, block));
  }
  return samples;
}

ExplainReport Example(uint32_t blocks = 12) {
  analysis::TestWork slow;
  slow.decode *= 1.2;
  slow.compress *= 1.1;
  const auto before = Runs({}, blocks, 1);
  const auto after = Runs(slow, blocks, 3);
  ExplainReport report;
  report.before_name = "b47110cb80 (main)";
  report.after_name = "8f2a91c03d (main, changed files)";
  report.cells.push_back({{{"load_method", "copy"}, {"rows", "100000"}, {"compression", "lz4"}},
                          "regressed",
                          analysis::Explain(analysis::Refs(before), analysis::Refs(after))});
  report.warnings = {"the samples come from different servers or server settings"};
  return report;
}

analysis::FrameChanges ExampleFrames() {
  analysis::FrameChanges frames;
  frames.profiles_before = 5;
  frames.profiles_after = 5;
  frames.in_seconds = true;
  frames.frames = {
      {"rapidbyte::pgwire::CopyDecoder::Consume(std::span<unsigned char const>)", "connector", 0.0341, 0.0422, 0.0081,
       stats::Interval{0.0077, 0.0085}, true},
      {"LZ4_compress_fast_extState", "library", 0.0100, 0.0104, 0.0004, stats::Interval{-0.0001, 0.0009}, false},
      {"gone", "program", 0.001, 0, -0.001, std::nullopt, false}};
  return frames;
}

void ExpectEightyColumns(const std::string& text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(DisplayWidth(text.substr(begin, end - begin)), 80u) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(ExplainText, Golden) {
  ExplainReport report = Example();
  report.cells[0].frames.changes = ExampleFrames();
  const std::string text = ExplainText(report);
  ExpectGolden("explain.txt", text);
  ExpectEightyColumns(text);
}

TEST(ExplainText, ShowsEveryPartWhenAsked) {
  ExplainReport report = Example();
  report.all = true;
  EXPECT_THAT(ExplainText(Example()), Not(HasSubstr("dest: net_write, server")));
  const std::string text = ExplainText(report);
  EXPECT_THAT(text, HasSubstr("dest: net_write, server"));
  EXPECT_THAT(text, Not(HasSubstr("shown by --all")));
  ExpectEightyColumns(text);
}

TEST(ExplainText, SaysWhyThereAreNoIntervals) {
  const std::string text = ExplainText(Example(4));
  EXPECT_THAT(text, HasSubstr("note: 4 blocks: parts have no intervals"));
  EXPECT_THAT(text, Not(HasSubstr(" *")));
  ExpectEightyColumns(text);
}

TEST(ExplainText, SaysHowMissingProfilesAreRecorded) {
  ExplainReport report = Example();
  const std::string command =
      "rapidbyte bench profile --of 20261124T161502-1a2b3c4d --runs 3 --filter load_method=copy";
  report.cells[0].frames.missing = {{"no profile of b47110cb80 (main)", command}};
  const std::string text = ExplainText(report);
  EXPECT_THAT(text, HasSubstr("functions  no profile of b47110cb80 (main); to record it:\n  " + command + "\n"));
  EXPECT_THAT(ExplainMarkdown(report), HasSubstr("`" + command + "`"));
  const auto cell = nlohmann::json::parse(ExplainJson(report))["cells"][0];
  EXPECT_EQ(cell["missing_profiles"][0]["command"], command);
}

TEST(ExplainText, CommandsHaveNoPath) {
  auto before = Runs({}, 8, 1);
  auto after = Runs({}, 8, 3);
  for (auto* side : {&before, &after}) {
    for (record::Sample& sample : *side) sample.run = nullptr;
  }
  ExplainReport report;
  report.cells.push_back({{}, "", analysis::Explain(analysis::Refs(before), analysis::Refs(after))});
  const std::string text = ExplainText(report);
  EXPECT_THAT(text, HasSubstr("CPU, system"));
  EXPECT_THAT(text, Not(HasSubstr("path    ")));
}

TEST(ExplainMarkdown, Golden) {
  ExplainReport report = Example();
  report.cells[0].frames.changes = ExampleFrames();
  ExpectGolden("explain.md", ExplainMarkdown(report));
}

TEST(ExplainJson, HoldsEveryPartAndItsSum) {
  ExplainReport report = Example();
  report.cells[0].frames.changes = ExampleFrames();
  const auto document = nlohmann::json::parse(ExplainJson(report));
  const auto& cell = document["cells"][0];
  EXPECT_EQ(cell["cell"]["compression"], "lz4");
  EXPECT_EQ(cell["blocks"], 12);
  EXPECT_EQ(cell["parts"][0]["key"], "source.guest");
  EXPECT_EQ(cell["parts"][0]["stage"], "source");
  EXPECT_LT(cell["parts"][0]["interval"][0], cell["parts"][0]["interval"][1]);
  double path = 0;
  double source = 0;
  for (const auto& part : cell["parts"]) {
    path += part["on_path"].get<double>();
    if (part["stage"] != "destination") source += part["change"].get<double>();
  }
  EXPECT_NEAR(path, cell["wall"]["change"].get<double>(), 1e-9);
  EXPECT_NEAR(source, cell["wall"]["change"].get<double>(), 1e-9);
  EXPECT_EQ(cell["profiles"]["unit"], "s");
  EXPECT_EQ(cell["profiles"]["functions"][0]["origin"], "connector");
  EXPECT_EQ(cell["profiles"]["functions"][2]["interval"], nullptr);
  EXPECT_EQ(nlohmann::json::parse(ExplainJson(Example()))["cells"][0]["profiles"], nullptr);
}

// The causes that a comparison shows.
struct Regression {
  std::vector<CellCauses> causes;
  analysis::Comparison comparison;
};

Regression ExampleRegression() {
  std::vector<analysis::Observation> values;
  for (uint32_t block = 0; block < 12; ++block) {
    for (const char* commit : {"before", "after"}) {
      const double secs = commit == std::string("after") ? 0.084 : 0.075;
      values.push_back({{{"rows", "1000"}, {"commit", commit}}, "run", block, secs * (1 + 0.01 * block)});
    }
  }
  Regression regression;
  regression.comparison = *analysis::Compare(values, {"commit", {"before", "after"}, {}, {}}, analysis::MetricRule());
  regression.causes.push_back({regression.comparison.cells[0].row, 1, Example().cells[0].explanation});
  return regression;
}

TEST(ComparisonCauses, StandInEveryFormOfAComparison) {
  const Regression regression = ExampleRegression();
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, regression.causes};
  const std::string text = ComparisonText(regression.comparison, notes);
  EXPECT_THAT(text, HasSubstr("Causes, by what of them reached the wall time"));
  EXPECT_LT(text.find("source: connector code"), text.find("source: emit_batch, compress"));
  ExpectEightyColumns(text);
  EXPECT_THAT(ComparisonMarkdown(regression.comparison, notes), HasSubstr("**source: connector code**"));
  const auto document = nlohmann::json::parse(ComparisonJson(regression.comparison, notes));
  EXPECT_EQ(document["cells"][0]["causes"][0]["key"], "source.guest");
  EXPECT_EQ(document["cells"][0]["causes"].size(), 2u);
}

TEST(ComparisonCauses, NameTheFunctionsThatGrew) {
  Regression regression = ExampleRegression();
  regression.causes[0].frames.changes = ExampleFrames();
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, regression.causes};
  const std::string text = ComparisonText(regression.comparison, notes);
  EXPECT_THAT(text, HasSubstr("      +8.10  connector: rapidbyte::pgwire::CopyDecoder::Consume\n"));
  EXPECT_THAT(text, Not(HasSubstr("LZ4_compress_fast_extState")));  // more, but perhaps by chance
  ExpectEightyColumns(text);
  EXPECT_THAT(ComparisonMarkdown(regression.comparison, notes), HasSubstr("    - +8.10  **connector: rapidbyte"));
  const auto document = nlohmann::json::parse(ComparisonJson(regression.comparison, notes));
  EXPECT_EQ(document["cells"][0]["functions"].size(), 1u);
  EXPECT_THAT(ComparisonJunit(regression.comparison, notes, false), HasSubstr("+8.10  connector: rapidbyte"));
}

TEST(ComparisonCauses, OfASingleProfileTheLargestFunctionsAreNamed) {
  Regression regression = ExampleRegression();
  analysis::FrameChanges frames = ExampleFrames();
  for (analysis::FrameChange& frame : frames.frames) {
    frame.interval.reset();
    frame.significant = false;
  }
  regression.causes[0].frames.changes = frames;
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, regression.causes};
  const std::string text = ComparisonText(regression.comparison, notes);
  EXPECT_THAT(text, HasSubstr("+0.40  library: LZ4_compress_fast_extState\n"));
  EXPECT_THAT(text, Not(HasSubstr("gone")));
}

TEST(ComparisonCauses, SayOnceHowMissingProfilesAreRecorded) {
  Regression regression = ExampleRegression();
  const std::string command = "rapidbyte bench profile --of 20261124T161502-1a2b3c4d --runs 3";
  regression.causes[0].frames.missing = {{"no profile of b47110cb80", command}, {"no profile of b.jsonl", ""}};
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, regression.causes};
  const std::string text = ComparisonText(regression.comparison, notes);
  EXPECT_THAT(text, HasSubstr("  no profile of b47110cb80; to record it:\n    " + command + "\n"));
  EXPECT_THAT(text, Not(HasSubstr("b.jsonl")));
}

TEST(ComparisonCauses, StandInTheFailureOfAGate) {
  const Regression regression = ExampleRegression();
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, regression.causes};
  const std::string xml = ComparisonJunit(regression.comparison, notes, false);
  const size_t failure = xml.find("<failure");
  ASSERT_NE(failure, std::string::npos);
  const std::string body = xml.substr(failure, xml.find("</failure>") - failure);
  EXPECT_THAT(body, HasSubstr("reached the wall time; mean wall +9.06 ms\n"));
  EXPECT_LT(body.find("source: connector code"), body.find("source: emit_batch, compress"));
}

TEST(ComparisonCauses, AreNullWhereNothingIsKnown) {
  const Regression regression = ExampleRegression();
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, {}};
  const auto document = nlohmann::json::parse(ComparisonJson(regression.comparison, notes));
  EXPECT_EQ(document["cells"][0]["causes"], nullptr);
  EXPECT_THAT(ComparisonText(regression.comparison, notes), Not(HasSubstr("Causes")));
}

TEST(ComparisonCauses, OfManyCellsOnlyTheFirstAreShown) {
  std::vector<analysis::Observation> values;
  for (uint32_t block = 0; block < 20; ++block) {
    for (int rows = 0; rows < 12; ++rows) {
      for (const char* commit : {"before", "after"}) {
        const double secs = commit == std::string("after") ? 0.084 : 0.075;
        values.push_back({{{"rows", std::to_string(rows)}, {"commit", commit}}, "run", block, secs + 0.001 * block});
      }
    }
  }
  const auto comparison = *analysis::Compare(values, {"commit", {"before", "after"}, {}, {}}, analysis::MetricRule());
  ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, {}};
  for (const auto& cell : comparison.cells) notes.causes.push_back({cell.row, 1, Example().cells[0].explanation});
  EXPECT_THAT(ComparisonText(comparison, notes), HasSubstr("and of 2 more cells: bench explain --changed"));
  EXPECT_THAT(ComparisonMarkdown(comparison, notes), HasSubstr("and of 2 more cells"));
  EXPECT_EQ(nlohmann::json::parse(ComparisonJson(comparison, notes))["cells"][11]["causes"].size(), 2u);
}

TEST(ComparisonCauses, SayWhereNoPartStandsOut) {
  Regression regression = ExampleRegression();
  for (analysis::ExplainedPart& part : regression.causes[0].explanation.parts) part.significant = false;
  const ComparisonNotes notes{{"b47110cb80", "8f2a91c03d"}, {}, false, regression.causes};
  EXPECT_THAT(ComparisonText(regression.comparison, notes), HasSubstr("no single part is significant"));
}

TEST(FramesShown, FewThatAreNotSignificant) {
  analysis::FrameChanges frames;
  for (int i = 0; i < 12; ++i) {
    analysis::FrameChange frame;
    frame.name = std::to_string(i);
    frame.interval = stats::Interval{-1, 2};
    frame.significant = i == 5;
    frames.frames.push_back(frame);
  }
  const auto names = [&] {
    std::string text;
    for (const analysis::FrameChange* frame : FramesShown(frames)) text += frame->name + " ";
    return text;
  };
  EXPECT_EQ(names(), "5 0 1 2 ");
  for (analysis::FrameChange& frame : frames.frames) frame.significant = true;
  EXPECT_EQ(names(), "0 1 2 3 4 5 6 7 8 9 ");
  for (analysis::FrameChange& frame : frames.frames) frame = {.name = frame.name};
  EXPECT_EQ(names(), "0 1 2 3 4 5 6 7 8 9 ") << "of too few profiles";
}

}  // namespace
}  // namespace rapidbyte::report
