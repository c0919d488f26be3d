#include "report/comparison_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/comparison_table.h"
#include "report/golden_file.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using analysis::Observation;
using testing::HasSubstr;

void Add(const std::string& mode, const std::string& compression, double seconds, double ratio, double noise,
         uint32_t blocks, std::vector<Observation>& values) {
  for (uint32_t block = 0; block < blocks; ++block) {
    const record::CellKey cell = {{"rows", "100000"}, {"load_method", mode}, {"compression", compression}};
    Observation before{cell, "20261124T090000-5eed12ab", block, seconds * (1 + 0.05 * block)};
    before.dimensions["commit"] = "before";
    Observation after = before;
    after.dimensions["commit"] = "after";
    after.value *= ratio * (1 + noise * (block % 2 == 0 ? 1 : -1) * (1 + 0.1 * block));
    values.push_back(before);
    values.push_back(after);
  }
}

analysis::Comparison Example() {
  std::vector<Observation> values;
  Add("copy", "none", 0.105, 1.0001, 0.001, 20, values);
  Add("copy", "lz4", 0.118, 1.083, 0.004, 20, values);
  Add("copy", "zstd", 0.141, 0.95, 0.004, 20, values);
  Add("insert", "none", 0.217, 1.01, 0.03, 20, values);
  Add("insert", "lz4", 0.219, 1.2, 0.003, 4, values);
  return *analysis::Compare(values, {"commit", {"before", "after"}, {}, {}}, analysis::MetricRule());
}

ComparisonNotes Notes() {
  return {{"b47110cb80 (main)", "8f2a91c03d (main, changed files)"},
          {"the samples of 8f2a91c03d were measured with changed files in the tree"},
          false};
}

TEST(ComparisonText, Golden) { ExpectGolden("comparison.txt", ComparisonText(Example(), Notes())); }

TEST(ComparisonText, GivesReasonsWhenAsked) {
  ComparisonNotes notes = Notes();
  notes.why = true;
  ExpectGolden("comparison_why.txt", ComparisonText(Example(), notes));
}

TEST(ComparisonText, FitsIntoEightyColumns) {
  const std::string text = ComparisonText(Example(), Notes());
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(DisplayWidth(text.substr(begin, end - begin)), 80u) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(ComparisonText, NamesCommitsShort) {
  const std::string one(40, '1'), two(40, '2');
  analysis::Comparison comparison = Example();
  for (analysis::ComparedCell& cell : comparison.cells) cell.row["commit"] = one;
  EXPECT_THAT(ComparisonText(comparison, Notes()), HasSubstr("where   commit 1111111111, rows 100000\n"));
  EXPECT_THAT(ComparisonMarkdown(comparison, Notes()), testing::Not(HasSubstr(one)));
  EXPECT_THAT(ComparisonJson(comparison, Notes()), HasSubstr(one));
  comparison.cells[0].row["commit"] = two;
  EXPECT_THAT(ComparisonText(comparison, Notes()),
              testing::AllOf(HasSubstr("\n2222222222/lz4"), testing::Not(HasSubstr(two))));
}

TEST(ComparisonMarkdown, Golden) { ExpectGolden("comparison.md", ComparisonMarkdown(Example(), Notes())); }

TEST(ComparisonCsv, Golden) { ExpectGolden("comparison.csv", ComparisonCsv(Example(), Notes())); }

TEST(ComparisonCsv, TheMetricOfAForeignFileIsOneColumn) {
  analysis::Comparison comparison = Example();
  for (analysis::ComparedCell& cell : comparison.cells) cell.row["metric"] = cell.rule.name;
  EXPECT_EQ(ComparisonCsv(comparison, Notes()), ComparisonCsv(Example(), Notes()));
}

TEST(ComparisonJson, HoldsWhatTheVerdictRestsOn) {
  const auto document = nlohmann::json::parse(ComparisonJson(Example(), Notes()));
  EXPECT_EQ(document["metrics"][0], "wall");
  EXPECT_EQ(document["counts"]["regressed"], 1);
  ASSERT_EQ(document["cells"].size(), 5u);
  const auto& lz4 = document["cells"][0];
  EXPECT_EQ(lz4["cell"]["compression"], "lz4");
  EXPECT_EQ(lz4["verdict"], "regressed");
  EXPECT_NEAR(lz4["ratio"], 1.083, 0.01);
  EXPECT_LT(lz4["interval"][0], lz4["interval"][1]);
  EXPECT_EQ(document["cells"][1]["interval"], nullptr) << "four blocks";
}

TEST(FormatChange, KeepsThreeDigitsAndHasNoNegativeZero) {
  EXPECT_EQ(FormatChange(1.0312), "+3.12%");
  EXPECT_EQ(FormatChange(0.9), "-10.0%");
  EXPECT_EQ(FormatChange(0.99999), "0.00%");
  EXPECT_EQ(FormatChange(1.0999), "+9.99%");
  EXPECT_EQ(FormatChange(1.09998), "+10.0%");
  EXPECT_EQ(FormatChange(2.06), "+106%");
  EXPECT_EQ(FormatChange(0.99), "-1.00%");
}

}  // namespace
}  // namespace rapidbyte::report
