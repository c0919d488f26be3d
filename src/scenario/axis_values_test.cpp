#include "scenario/axis_values.h"

#include <gmock/gmock.h>

namespace rapidbyte::scenario {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Range(const std::string& text) {
  const auto range = ParseRange(text);
  if (!range) return {"no range"};
  return *range ? **range : std::vector{range->error().message};
}

TEST(AxisValuesTest, RangesHaveBothEnds) {
  EXPECT_THAT(Range("1..4"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(Range("1..9:2"), ElementsAre("1", "3", "5", "7", "9"));
  EXPECT_THAT(Range("1..8:3"), ElementsAre("1", "4", "7"));
  EXPECT_THAT(Range("7..7"), ElementsAre("7"));
  EXPECT_THAT(Range("18446744073709551614..18446744073709551615"),
              ElementsAre("18446744073709551614", "18446744073709551615"));
  EXPECT_EQ(Range("1..10000").size(), 10'000u);
}

TEST(AxisValuesTest, WhatIsNoRangeIsAValue) {
  for (const char* text : {"copy", "1.5", "10.0.0.1", "a..b", "../x", "", "1:2", "64KiB"}) {
    EXPECT_THAT(Range(text), ElementsAre("no range")) << text;
  }
}

TEST(AxisValuesTest, WrongRangesAreErrors) {
  for (const char* text : {"9..1", "1..", "..3", "1..9:0", "1..9:", "1...3", "1..2..3", "1..x", "n..4", "1..4:x",
                           "1..99999999999999999999"}) {
    EXPECT_THAT(Range(text),
                ElementsAre(std::string("expected a range that ascends, as 1..8 or 1..9:2, found \"") + text + "\""));
  }
  EXPECT_THAT(Range("0..10000"), ElementsAre("the range 0..10000 has more than 10000 values"));
  EXPECT_THAT(Range("0..18446744073709551615"),
              ElementsAre("the range 0..18446744073709551615 has more than 10000 values"));
}

TEST(AxisValuesTest, ListsMayHoldRanges) {
  EXPECT_THAT(*ParseValueList("a,1..3,b"), ElementsAre("a", "1", "2", "3", "b"));
  EXPECT_EQ(ParseValueList("a,,b").error().message, "expected values separated by commas, found \"a,,b\"");
  EXPECT_EQ(ParseValueList("").error().message, "expected values separated by commas, found \"\"");
  EXPECT_FALSE(ParseValueList("a,"));
  EXPECT_EQ(ParseValueList("2,1..3").error().message, "\"2\" is listed twice");
  EXPECT_FALSE(ParseValueList("3..1"));
  EXPECT_EQ(ParseValueList("a,caf\xe9").error().message, "expected UTF-8, found \"a,caf\\xe9\"");
}

TEST(AxisValuesTest, APercentageMayLackItsSignWhereItIsUnderstood) {
  EXPECT_DOUBLE_EQ(*ParsePercentOrNumber("3%"), 0.03);
  EXPECT_DOUBLE_EQ(*ParsePercentOrNumber("1.5"), 0.015);
  for (const char* text : {"", "%", "-1", "101", "3%%", "three"}) EXPECT_FALSE(ParsePercentOrNumber(text)) << text;
}

TEST(AxisValuesTest, Durations) {
  EXPECT_DOUBLE_EQ(*ParseDurationSecs("500ms"), 0.5);
  EXPECT_DOUBLE_EQ(*ParseDurationSecs("1.5s"), 1.5);
  EXPECT_DOUBLE_EQ(*ParseDurationSecs("10m"), 600);
  EXPECT_DOUBLE_EQ(*ParseDurationSecs("1h"), 3600);
  for (const char* text : {"", "10", "s", "0s", "-1s", "1 s", "1d", "1.2.3s", "1e3s", "inf"}) {
    EXPECT_FALSE(ParseDurationSecs(text)) << text;
  }
}

TEST(AxisValuesTest, Percentages) {
  EXPECT_DOUBLE_EQ(*ParsePercent("1.5%"), 0.015);
  EXPECT_DOUBLE_EQ(*ParsePercent("100%"), 1);
  for (const char* text : {"", "%", "0%", "1.5", "-1%", "101%", "nan%", "1 %"})
    EXPECT_FALSE(ParsePercent(text)) << text;
}

}  // namespace
}  // namespace rapidbyte::scenario
