#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/foreign_table.h"

namespace rapidbyte::metrics {
namespace {

using testing::ElementsAre;

std::vector<ForeignRow> Rows(const std::vector<std::string>& times) {
  std::vector<ForeignRow> rows;
  for (const std::string& time : times) rows.push_back({0, time, ""});
  return rows;
}

TEST(ParseIsoTime, KnowsDatesTimesAndZones) {
  EXPECT_EQ(ParseIsoTime("1970-01-02"), 86400);
  EXPECT_EQ(ParseIsoTime("2024-02-29T12:30:15Z"), 1709209815);
  EXPECT_EQ(ParseIsoTime("2024-02-29 12:30:15.5+02:00"), 1709202615.5);
  EXPECT_EQ(ParseIsoTime("2024-02-29 07:00:15 -0530"), 1709209815);
  EXPECT_EQ(ParseIsoTime("2024-02-29T12:30"), 1709209800);
}

TEST(ParseIsoTime, RefusesEverythingElse) {
  for (const char* text :
       {"", "2024", "2024-13-01", "2023-02-29", "2024-02-29T", "2024-02-29T25:00", "2024-02-29T12:61",
        "2024-02-29T12:30:15X", "2024-02-29T12:30:15+", "24-02-29", "2024-02-29x"}) {
    EXPECT_EQ(ParseIsoTime(text), std::nullopt) << text;
  }
}

TEST(OrderByTime, AsNumbersPointsInTimeOrText) {
  EXPECT_THAT(OrderByTime(Rows({"10", "9", "1e1", "-1"})), ElementsAre(3, 1, 0, 2));
  EXPECT_THAT(OrderByTime(Rows({"2024-01-01T00:00:00Z", "2024-01-01T00:30:00+01:00", "2023-12-31"})),
              ElementsAre(2, 1, 0));
  EXPECT_THAT(OrderByTime(Rows({"v2", "v10", "2024-01-01"})), ElementsAre(2, 1, 0));
  EXPECT_TRUE(OrderByTime({}).empty());
}

}  // namespace
}  // namespace rapidbyte::metrics
