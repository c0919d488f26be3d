#include "report/csv.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::report {
namespace {

using nlohmann::json;

TEST(Csv, ColumnsAreTheScalarsOfAllLines) {
  std::set<std::string> columns;
  AddCsvColumns({{"b", 1}, {"list", {1, 2}}, {"nothing", nullptr}}, columns);
  AddCsvColumns({{"a", "x"}, {"b", 2}, {"c", true}, {"nested", {{"d", 1}}}}, columns);
  EXPECT_EQ(CsvHeader(columns), "a,b,c\r\n");
}

TEST(Csv, QuotesWhatNeedsIt) {
  const std::set<std::string> columns = {"a", "b", "c", "d"};
  const json line = {{"a", "plain"}, {"b", "with, comma"}, {"c", "with \"quotes\""}, {"d", "two\nlines"}};
  EXPECT_EQ(CsvRecord(line, columns), "plain,\"with, comma\",\"with \"\"quotes\"\"\",\"two\nlines\"\r\n");
}

TEST(Csv, EveryRecordHasAllColumns) {
  const std::set<std::string> columns = {"a", "b", "c"};
  EXPECT_EQ(CsvRecord({{"b", 0.1}}, columns), ",0.1,\r\n");
  EXPECT_EQ(CsvRecord({{"a", {1}}, {"b", false}, {"c", nullptr}}, columns), ",false,\r\n");
  EXPECT_EQ(CsvRecord({{"a", 18'446'744'073'709'551'615u}}, columns), "18446744073709551615,,\r\n");
}

}  // namespace
}  // namespace rapidbyte::report
