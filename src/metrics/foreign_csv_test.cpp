#include "metrics/foreign_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::metrics {
namespace {

using testing::ElementsAre;
using testing::Pair;

ForeignTable Read(std::string_view text, const ForeignOptions& options = {}) {
  auto table = ReadForeignTable(text, "f.csv", options);
  EXPECT_TRUE(table) << table.error().message;
  return table ? *std::move(table) : ForeignTable{};
}

std::string ErrorOf(std::string_view text, const ForeignOptions& options = {}) {
  const auto table = ReadForeignTable(text, "f.csv", options);
  return table ? "no error" : table.error().message;
}

TEST(ReadCsvTable, NumbersAreMetricsAndTextsAreDimensions) {
  const ForeignTable table = Read("mode,wall_secs,rows_per_sec\r\ncopy,1.5,100\r\ninsert,3,50\r\ncopy,1.6,\r\n");
  EXPECT_EQ(table.format, ForeignFormat::kCsv);
  EXPECT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[2].line, 4u);
  ASSERT_EQ(table.series.size(), 4u);
  const ForeignSeries& wall = table.series[0];
  EXPECT_THAT(wall.cell, ElementsAre(Pair("mode", "copy")));
  EXPECT_EQ(wall.metric, "wall_secs");
  EXPECT_EQ(wall.unit, "s");
  EXPECT_TRUE(wall.lower_is_better);
  EXPECT_THAT(wall.values, ElementsAre(1.5, 1.6));
  EXPECT_THAT(wall.rows, ElementsAre(0, 2));
  EXPECT_EQ(table.series[1].metric, "rows_per_sec");
  EXPECT_FALSE(table.series[1].lower_is_better);
  EXPECT_THAT(table.series[1].values, ElementsAre(100));  // the empty cell is missing
}

TEST(ReadCsvTable, OneColumnOfNumbersIsEnough) {
  EXPECT_THAT(Read("\xef\xbb\xbfwall\n1\n2\n").series.at(0).values, ElementsAre(1, 2));
}

TEST(ReadCsvTable, KeepsTimeAndCommitOfEachRow) {
  const ForeignTable table = Read("sha;date;branch;wall;size\na1;2024-01-02;main;1;7\nb2;2024-01-01;main;2;7\n",
                                  {.time_column = "date", .metrics = {"wall"}, .dimensions = {{"size"}}});
  ASSERT_EQ(table.series.size(), 1u);
  EXPECT_THAT(table.series[0].cell, ElementsAre(Pair("size", "7")));
  EXPECT_EQ(table.rows[0].time, "2024-01-02");
  EXPECT_EQ(table.rows[1].commit, "b2");
  EXPECT_THAT(OrderByTime(table.rows), ElementsAre(1, 0));
}

TEST(ReadCsvTable, AColumnOfTimesIsKnownByItsNameAndContent) {
  const ForeignTable dates = Read("Date,ms\n2024-01-02,1\n2024-01-01,2\n");
  ASSERT_EQ(dates.series.size(), 1u);
  EXPECT_THAT(dates.series[0].values, ElementsAre(1, 2));
  EXPECT_EQ(dates.rows[0].time, "2024-01-02");
  EXPECT_EQ(Read("timestamp,ms\n1700000000,1\n1700000060,2\n").series.size(), 1u);
  EXPECT_EQ(Read("n,time\n1,0.5\n2,0.7\n").series.size(), 2u) << "more likely a duration";
  EXPECT_EQ(Read("n,time\n1,1700000000\n2,1700000060\n").series.size(), 2u) << "as are these, in nanoseconds";
  EXPECT_EQ(Read("when,ms\n2024-01-02,1\n2024-01-01,2\n").series.size(), 2u) << "a text, of which nobody says so";
}

TEST(ReadCsvTable, ANamedMetricMustBeNumbers) {
  const ForeignOptions wall{.metrics = {"wall"}};
  EXPECT_EQ(ErrorOf("wall\n1\nnan\n", wall), "f.csv:3: 'nan' in column 'wall' is not a number");
  EXPECT_EQ(ErrorOf("wall,x\n1,\"a\nb\"\nfast,y\n", wall), "f.csv:4: 'fast' in column 'wall' is not a number");
  EXPECT_EQ(ErrorOf("wall\n1\nnan\n"), "f.csv: no column holds numbers only");
}

TEST(ReadCsvTable, SaysWhichColumnIsNotThere) {
  EXPECT_EQ(ErrorOf("wall,x\n1,a\n", {.metrics = {"wal"}}), "f.csv: there is no column 'wal'; nearest: 'wall'");
  EXPECT_EQ(ErrorOf("wall,date\n1,\n", {.time_column = "date", .metrics = {}}),
            "f.csv:2: the time in column 'date' is missing");
}

TEST(ReadCsvTable, RefusesWhatIsNoTable) {
  EXPECT_EQ(ErrorOf("a,b\n1\n"), "f.csv:2: 1 cells; the header has 2");
  EXPECT_EQ(ErrorOf("a,a\n1,2\n"), "f.csv:1: two columns are named 'a'");
  EXPECT_EQ(ErrorOf("a,b\n"), "f.csv: there is a header but no rows");
  EXPECT_EQ(ErrorOf("\n\n"), "f.csv: the file is empty");
}

TEST(UnitOfColumn, ReadsTheName) {
  EXPECT_EQ(UnitOfColumn("latency_ms"), "ms");
  EXPECT_EQ(UnitOfColumn("wall_secs"), "s");
  EXPECT_EQ(UnitOfColumn("size (MiB)"), "MiB");
  EXPECT_EQ(UnitOfColumn("rate [rows/s]"), "rows/s");
  EXPECT_EQ(UnitOfColumn("rows_per_sec"), "/s");
  EXPECT_EQ(UnitOfColumn("B"), "");
  EXPECT_EQ(UnitOfColumn("wall"), "");
}

}  // namespace
}  // namespace rapidbyte::metrics
