#include "base/utf8.h"

#include <gtest/gtest.h>

namespace rapidbyte {
namespace {

TEST(Utf8Test, CharactersAreKept) {
  for (const char* text : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "größe 🐘 日本語"}) {
    EXPECT_EQ(ValidUtf8(text), text);
  }
}

TEST(Utf8Test, WhatIsNoCharacterIsReplaced) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(ValidUtf8("a\xff"
                      "b"),
            "a" + bad + "b");
  EXPECT_EQ(ValidUtf8("\xc0\xaf"), bad + bad) << "overlong";
  EXPECT_EQ(ValidUtf8("\xe0\x9f\xbf"), bad + bad + bad) << "overlong";
  EXPECT_EQ(ValidUtf8("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(ValidUtf8("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "above U+10FFFF";
  EXPECT_EQ(ValidUtf8("x\xf0\x9f\x90"), "x" + bad + bad + bad) << "cut off";
  EXPECT_EQ(ValidUtf8("\xc3("), bad + "(");
}

TEST(Utf8Test, TheFirstByteOfNoCharacterIsFound) {
  EXPECT_EQ(ValidLength(""), 0u);
  EXPECT_EQ(ValidLength("größe"), std::string("größe").size());
  EXPECT_EQ(ValidLength("gr\xf6\xdf"
                        "e"),
            2u);
  EXPECT_EQ(ValidLength(std::string_view("a\0b\xff", 4)), 3u);
}

TEST(Utf8Test, WhatIsNoCharacterIsSpeltOut) {
  EXPECT_EQ(EscapeInvalid("größe"), "größe");
  EXPECT_EQ(EscapeInvalid("caf\xe9 cr\xe8me \x80"), "caf\\xe9 cr\\xe8me \\x80");
}

TEST(Utf8Test, PointsOfCharacters) {
  EXPECT_EQ(CodePoint("a"), U'a');
  EXPECT_EQ(CodePoint("ß"), U'ß');
  EXPECT_EQ(CodePoint("漢"), U'漢');
  EXPECT_EQ(CodePoint("\xf4\x8f\xbf\xbf"), char32_t{0x10ffff});
}

TEST(Utf8, FindsTheFirstByteThatBelongsToNoCharacter) {
  EXPECT_EQ(FirstInvalidByte(""), std::string_view::npos);
  EXPECT_EQ(FirstInvalidByte("Gr\xc3\xb6\xc3\x9f"
                             "e"),
            std::string_view::npos);
  EXPECT_EQ(FirstInvalidByte("Gr\xf6\xdf"
                             "e"),
            2u);
  EXPECT_EQ(FirstInvalidByte("\xc3\xb6\xc3"), 2u);
}

}  // namespace
}  // namespace rapidbyte
