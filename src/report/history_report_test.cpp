#include "report/history_report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/golden_file.h"

namespace rapidbyte::report {
namespace {

analysis::HistorySeries Example() {
  analysis::HistorySeries series;
  series.metric = "wall";
  series.unit = "s";
  series.cell = {{"load_method", "copy"}, {"rows", "100000"}};
  for (int i = 0; i < 40; ++i) {
    const double wobble = 0.001 * (i * 7 % 5);
    series.points.push_back({fmt::format("2026-10-{:02}T09:00:00Z", i % 30 + 1),
                             fmt::format("{:010x}{:a>30}", i * 7919, ""), (i < 25 ? 0.105 : 0.118) + wobble, 10});
  }
  FindChanges(series);
  return series;
}

TEST(HistoryText, Golden) {
  const std::vector<analysis::HistorySeries> series = {Example(), {}};
  ExpectGolden("history.txt", HistoryText(series, false));
}

TEST(HistoryText, AllPointsGolden) {
  const std::vector<analysis::HistorySeries> series = {Example()};
  ExpectGolden("history_points.txt", HistoryText(series, true));
}

TEST(HistoryJson, HasOneObjectASeries) {
  const std::vector<analysis::HistorySeries> series = {Example()};
  const auto document = nlohmann::json::parse(HistoryJson(series));
  ASSERT_EQ(document.size(), 1u);
  EXPECT_EQ(document[0]["metric"], "wall");
  ASSERT_EQ(document[0]["change_points"].size(), 1u);
  const auto& change = document[0]["change_points"][0];
  EXPECT_EQ(change["index"], 25);
  EXPECT_LE(change["range"][0], 25);
  EXPECT_GE(change["range"][1], 25);
  EXPECT_NEAR(change["change"], 0.124, 0.01);
  EXPECT_EQ(document[0]["points"].size(), 40u);
}

}  // namespace
}  // namespace rapidbyte::report
