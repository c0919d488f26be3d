#include "metrics/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::metrics {
namespace {

using testing::ElementsAre;

TEST(Lines, EndWithLineFeedOrCarriageReturnToo) {
  EXPECT_THAT(Lines("a\r\nb\n\nc"), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(Lines("a\n"), ElementsAre("a"));
  EXPECT_TRUE(Lines("").empty());
}

TEST(ParseNumber, TakesDecimalNumbers) {
  EXPECT_EQ(ParseNumber("12"), 12);
  EXPECT_EQ(ParseNumber(" -1.5e3 "), -1500);
  EXPECT_EQ(ParseNumber("+.5"), 0.5);
}

TEST(ParseNumber, RefusesEverythingElse) {
  for (const char* text :
       {"", " ", "-", "+", "+-1", "1,5", "1.5s", "nan", "inf", "-Infinity", "1e999", "0x10", "1 2"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

TEST(PlainText, DropsTheMarkOfUtf8) { EXPECT_EQ(PlainText("\xef\xbb\xbfx"), "x"); }

TEST(PlainText, NamesWhatIsNotUtf8) {
  const auto utf16 =
      PlainText(std::string_view("\xff\xfe"
                                 "a\0",
                                 4));
  ASSERT_FALSE(utf16);
  EXPECT_NE(utf16.error().message.find("UTF-16"), std::string::npos);
  EXPECT_NE(PlainText(std::string_view("\xff\xfe\0\0", 4)).error().message.find("UTF-32"), std::string::npos);
  EXPECT_FALSE(PlainText(std::string_view("a\0b", 3)));
}

TEST(Suggestion, ShowsTheNearestNameOrSomeNames) {
  EXPECT_EQ(Suggestion("wal", std::vector<std::string>{"user", "wall"}), "; nearest: 'wall'");
  EXPECT_EQ(Suggestion("throughput", std::vector<std::string>{"a", "b"}), "; there are 'a', 'b'");
  EXPECT_EQ(Suggestion("throughput", std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g"}),
            "; there are 'a', 'b', 'c', 'd', 'e' and 2 more");
  EXPECT_EQ(Suggestion("x", {}), "; there are none");
}

TEST(Median, OfOddAndEvenNumbers) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2.5);
}

}  // namespace
}  // namespace rapidbyte::metrics
