#include "profile/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace rapidbyte::profile {
namespace {

using std::string_literals::operator""s;

TEST(TextTest, NumbersAreWholeTexts) {
  EXPECT_EQ(NumberOf("12"), 12);
  EXPECT_EQ(NumberOf("+0.5"), 0.5);
  EXPECT_EQ(NumberOf("1e+06"), 1e6);
  EXPECT_EQ(NumberOf("-3"), -3);
  for (const char* bad : {"", "12a", "a", "+-1", "inf", "nan", "1e999", "0x10", " 1"}) {
    EXPECT_EQ(NumberOf(bad), std::nullopt) << bad;
  }
}

std::string Written(double value) {
  std::string text;
  AppendNumber(value, text);
  return text;
}

TEST(TextTest, NumbersAreWrittenWithoutAnExponent) {
  EXPECT_EQ(Written(0), "0");
  EXPECT_EQ(Written(1e15), "1000000000000000");
  EXPECT_EQ(Written(0.25), "0.25");
  EXPECT_EQ(Written(1e20), "100000000000000000000");
  EXPECT_EQ(Written(std::numeric_limits<double>::max()).size(), 309u);
}

std::string Decoded(std::initializer_list<std::string> pieces) {
  TextDecoder decoder;
  std::string text;
  for (const std::string& piece : pieces) text += decoder.Next(piece, "a").value();
  return decoder.is_cut() ? text + " (cut)" : text;
}

TEST(TextTest, DecodesByTheByteOrderMark) {
  EXPECT_EQ(Decoded({"plain"}), "plain");
  EXPECT_EQ(Decoded({"\xef\xbb\xbfplain"}), "plain");
  EXPECT_EQ(Decoded({"\xff\xfe"s + "a\0;\0"s}), "a;");
  EXPECT_EQ(Decoded({"\xfe\xff"s + "\0a\0;"s}), "a;");
  EXPECT_EQ(Decoded({"\xff\xfe"s + "\x3d\xd8\x00\xde\xe4\x00"s}), "😀ä");
  EXPECT_EQ(Decoded({"\xff\xfe\x3d"s, "\xd8\x00"s, "\xde"s}), "😀") << "pieces may end anywhere";
  EXPECT_EQ(Decoded({"\xff\xfe\x3d\xd8"s + "a\0"s}), "\xef\xbf\xbd"s + "a") << "half a surrogate pair";
  EXPECT_EQ(Decoded({"\xff\xfe"s + "a\0b"s}), "a (cut)");
}

std::string WhyNot(const std::string& bytes) {
  std::string storage;
  const auto decoded = DecodeText(bytes, "p", storage);
  return decoded ? "read" : decoded.error().message + "; " + decoded.error().hint;
}

TEST(TextTest, SaysWhatOtherFilesAre) {
  EXPECT_EQ(WhyNot("PERFILE2\x68\0\0"s),
            "p: is what perf record writes (perf.data), and no text; perf script -i FILE | rapidbyte profile … -");
  EXPECT_EQ(WhyNot("\x1f\x8b\x08\x01"), "p: is compressed with gzip, and no text; zcat FILE | rapidbyte profile … -");
  EXPECT_EQ(WhyNot("PERFILE2 3\n"), "read");
}

TEST(TextTest, BytesOfZeroAreNoText) {
  std::string storage;
  const auto decoded = DecodeText("a\0b\0"s, "p.txt", storage);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kData);
  EXPECT_EQ(decoded.error().message, "p.txt: has bytes of zero, which no text has");
}

}  // namespace
}  // namespace rapidbyte::profile
