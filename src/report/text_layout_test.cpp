#include "report/text_layout.h"

#include <gtest/gtest.h>

namespace rapidbyte::report {
namespace {

TEST(TextLayout, WidthCountsCodePoints) {
  EXPECT_EQ(DisplayWidth("1.20–3.40 µs"), 12u);
  EXPECT_EQ(PadLeft("–", 3), "  –");
  EXPECT_EQ(PadRight("µs", 3), "µs ");
  EXPECT_EQ(PadLeft("long", 2), "long");
}

TEST(TextLayout, WrapsAtSpaces) {
  EXPECT_EQ(Wrap("", "a short line", 80), "a short line\n");
  EXPECT_EQ(Wrap("key  ", "one two three", 12), "key  one two\n     three\n");
  EXPECT_EQ(Wrap("", "aaa bbb", 3), "aaa\nbbb\n");
  EXPECT_EQ(Wrap("key  ", "", 12), "key\n");
}

TEST(TextLayout, BreaksAWordThatIsTooLong) {
  EXPECT_EQ(Wrap("", "abcdefgh", 3), "abc\ndef\ngh\n");
  EXPECT_EQ(Wrap("", "µµµµ", 2), "µµ\nµµ\n");
}

TEST(TextLayout, CutsBetweenCodePoints) {
  EXPECT_EQ(Cut("µµµ", 3), "µµµ");
  EXPECT_EQ(Cut("µµµµ", 3), "µµ…");
}

}  // namespace
}  // namespace rapidbyte::report
