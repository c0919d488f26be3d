#include "base/printable.h"

#include <gtest/gtest.h>

namespace rapidbyte {
namespace {

TEST(Printable, KeepsWhatPeopleRead) {
  for (const char* text : {"", "plain", "a … b", "naïve 数据 🚀", "tabs no, spaces  yes"})
    EXPECT_EQ(Printable(text), text);
}

TEST(Printable, NothingIsLeftThatATerminalObeys) {
  EXPECT_EQ(Printable("a\x1b[31mb\tc\x7f\n"), "a�[31mb c� ");
  EXPECT_EQ(Printable(std::string("\0x", 2)), "�x");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "�31m")
      << "C1: an escape sequence in one character";
  EXPECT_EQ(Printable("user\u202etxt.exe\u2066\u200f\u061c\u2028"), "user�txt.exe����");
  EXPECT_EQ(Printable("\xff\xc3("), "��(");
}

TEST(PrintableLines, KeepsOurLinesAndBold) {
  EXPECT_EQ(PrintableLines("\033[1mname\033[0m\n  1 ms\n"), "\033[1mname\033[0m\n  1 ms\n");
  EXPECT_EQ(PrintableLines("a,b\r\n"), "a,b\r\n");
  EXPECT_EQ(PrintableLines("name \033[1mbold\033[0m and on\n"), "name �[1mbold�[0m and on\n");
  EXPECT_EQ(PrintableLines("\033[31m\r\033[2J\n"), "�[31m �[2J\n");
}

}  // namespace
}  // namespace rapidbyte
