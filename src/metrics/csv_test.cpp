#include "metrics/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::metrics {
namespace {

using testing::ElementsAre;

TEST(ReadCsv, KnowsQuotesAndLineEnds) {
  const auto records = ReadCsv("a,\"b \"\"x\"\"\",\"c\nd\"\r\n\r\n1,,\n\"\",2,3", ',', "f");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3u);
  EXPECT_THAT((*records)[0].fields, ElementsAre("a", "b \"x\"", "c\nd"));
  EXPECT_THAT((*records)[1].fields, ElementsAre("1", "", ""));
  EXPECT_EQ((*records)[1].line, 4u);
  EXPECT_THAT((*records)[2].fields, ElementsAre("", "2", "3"));
}

TEST(ReadCsv, AQuoteInsideAFieldIsText) {
  EXPECT_THAT(ReadCsv("5\" disk;2", ';', "f")->at(0).fields, ElementsAre("5\" disk", "2"));
}

TEST(ReadCsv, NamesTheLineOfABrokenQuote) {
  EXPECT_EQ(ReadCsv("a\n\"b\nc", ',', "f.csv").error().message, "f.csv:2: a quote is never closed");
  EXPECT_EQ(ReadCsv("a\n\"b\"c,1", ',', "f.csv").error().message, "f.csv:2: there is text behind a closing quote");
}

TEST(DetectSeparator, TakesWhatTheHeaderHasMostOf) {
  EXPECT_EQ(DetectSeparator("a,b\n1;2;3"), ',');
  EXPECT_EQ(DetectSeparator("a;b;c,d"), ';');
  EXPECT_EQ(DetectSeparator("a\tb"), '\t');
  EXPECT_EQ(DetectSeparator("\"x;y;z\",b"), ',');
  EXPECT_EQ(DetectSeparator("wall\n1"), ',');
}

}  // namespace
}  // namespace rapidbyte::metrics
