#include "store/postgres_text.h"

#include <gtest/gtest.h>

namespace rapidbyte::store {
namespace {

TEST(StorableText, KeepsWellFormedText) {
  const std::string text = "a\tb\nc \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f";
  EXPECT_EQ(StorableText(text), text);
  EXPECT_EQ(StorableText(""), "");
}

TEST(StorableText, ReplacesEveryByteThatCannotBeStored) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(StorableText(std::string("a\0b", 3)), "a" + mark + "b");
  EXPECT_EQ(StorableText("\xff"), mark);
  EXPECT_EQ(StorableText("\xc3"), mark) << "cut off";
  EXPECT_EQ(StorableText("\xc0\xaf"), mark + mark) << "overlong";
  EXPECT_EQ(StorableText("\xe0\x80\x80"), mark + mark + mark) << "overlong";
  EXPECT_EQ(StorableText("\xed\xa0\x80"), mark + mark + mark) << "half of a surrogate pair";
  EXPECT_EQ(StorableText("\xf4\x90\x80\x80"), mark + mark + mark + mark) << "beyond U+10FFFF";
  EXPECT_EQ(StorableText("\xe2\x82z"), mark + mark + "z");
}

TEST(AppendCopyRow, EscapesWhatDividesRowsAndColumns) {
  std::string rows;
  AppendCopyRow({"a\tb", std::nullopt, "\\N", "x\r\ny", ""}, rows);
  AppendCopyRow({"1"}, rows);
  EXPECT_EQ(rows, "a\\tb\t\\N\t\\\\N\tx\\r\\ny\t\n1\n");
}

TEST(WithoutPassword, TakesItOutOfMessages) {
  EXPECT_EQ(WithoutPassword("cannot reach s3cret of h", "host=h password=s3cret"), "cannot reach *** of h");
  EXPECT_EQ(WithoutPassword("user a: s3cret s3cret", "postgresql://a:s3cret@h/db"), "user a: *** ***");
  EXPECT_EQ(WithoutPassword("nothing", "postgresql://a@h/db"), "nothing");
  EXPECT_EQ(WithoutPassword("nothing", "no address"), "nothing");
}

TEST(HasMisplacedPassword, FindsWhatLibpqTakesForAHostOrAPort) {
  for (const char* address : {"postgresql://a:wo@rd@h/db", "postgresql://a:wo/rd@h/db", "host=rd@h user=a"}) {
    EXPECT_TRUE(HasMisplacedPassword(address)) << address;
  }
  for (const char* address :
       {"postgresql://a:wo%40rd@h/db", "postgresql://h,i:1,2/db", "host=@abstract", "postgresql:///db", "no address"}) {
    EXPECT_FALSE(HasMisplacedPassword(address)) << address;
  }
}

}  // namespace
}  // namespace rapidbyte::store
