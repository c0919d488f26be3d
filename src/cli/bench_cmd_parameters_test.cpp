#include "cli/bench_cmd_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Scan(std::string_view first, std::string_view last, std::string_view step) {
  const auto parameter = ParseParameterScan("n", first, last, step);
  EXPECT_TRUE(parameter) << parameter.error().message;
  return parameter ? parameter->values : std::vector<std::string>();
}

TEST(ParameterScan, GoesByOneAndIncludesBothEnds) {
  EXPECT_THAT(Scan("1", "4", ""), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(Scan("-1", "1", ""), ElementsAre("-1", "0", "1"));
  EXPECT_THAT(Scan("3", "3", ""), ElementsAre("3"));
}

TEST(ParameterScan, StopsBeforeAnEndThatTheStepDoesNotMeet) {
  EXPECT_THAT(Scan("1", "10", "4"), ElementsAre("1", "5", "9"));
}

TEST(ParameterScan, GoesDownWhereTheLastIsLess) {
  EXPECT_THAT(Scan("3", "1", ""), ElementsAre("3", "2", "1"));
  EXPECT_THAT(Scan("3", "1", "-2"), ElementsAre("3", "1"));
}

TEST(ParameterScan, DecimalsAreNotRounded) {
  EXPECT_THAT(Scan("0.1", "0.3", "0.1"), ElementsAre("0.1", "0.2", "0.3"));
  EXPECT_THAT(Scan("-0.05", "0.05", "0.05"), ElementsAre("-0.05", "0.00", "0.05"));
  EXPECT_THAT(Scan("1", "2", "0.5"), ElementsAre("1.0", "1.5", "2.0"));
}

TEST(ParameterScan, RefusesWhatIsNoRange) {
  for (const auto& [first, last, step] : std::vector<std::array<const char*, 3>>{{"a", "2", ""},
                                                                                 {"1", "", ""},
                                                                                 {"1", "2", "0"},
                                                                                 {"1", "2", "x"},
                                                                                 {"1.", "2", "1"},
                                                                                 {"1", "9", "1e1"},
                                                                                 {"0.1", "0.3", ""},
                                                                                 {"1", "1000000", ""},
                                                                                 {"1", "99999999999", "1"},
                                                                                 {"0x1", "2", ""}}) {
    const auto parameter = ParseParameterScan("n", first, last, step);
    ASSERT_FALSE(parameter) << first << " " << last << " " << step;
    EXPECT_EQ(parameter.error().code, ErrorCode::kUsage);
    EXPECT_THAT(parameter.error().message, HasSubstr("parameter n: "));
  }
}

TEST(ParameterList, IsCutAtCommas) {
  EXPECT_THAT(ParseParameterList("x", "gcc,clang")->values, ElementsAre("gcc", "clang"));
  EXPECT_THAT(ParseParameterList("x", ",-O2")->values, ElementsAre("", "-O2"));
  EXPECT_THAT(ParseParameterList("x", R"(a\,b,c\d)")->values, ElementsAre("a,b", R"(c\d)"));
}

TEST(ParameterList, RefusesDuplicatesAndImpossibleNames) {
  EXPECT_THAT(ParseParameterList("x", "a,b,a").error().message, HasSubstr("\"a\" is listed twice"));
  EXPECT_FALSE(ParseParameterList("", "a"));
  EXPECT_FALSE(ParseParameterList("x}", "a"));
}

TEST(ReplaceParameters, TouchesNothingButKnownNames) {
  const record::CellKey values = {{"n", "3"}, {"m", "{n}"}};
  EXPECT_EQ(ReplaceParameters("f {n} {n}", values), "f 3 3");
  EXPECT_EQ(ReplaceParameters("awk '{print $1}' {n} {x} ${n} }{", values), "awk '{print $1}' 3 {x} $3 }{");
  EXPECT_EQ(ReplaceParameters("{m}{n}", values), "{n}3");
  EXPECT_EQ(ReplaceParameters("{{n}}", values), "{3}");
}

TEST(Combinations, TheLastIsFastest) {
  const auto all = Combinations({{"a", {"1", "2"}}, {"b", {"x", "y"}}});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[1], (record::CellKey{{"a", "1"}, {"b", "y"}}));
  EXPECT_EQ(Combinations({}).size(), 1u);
}

}  // namespace
}  // namespace rapidbyte::cli
