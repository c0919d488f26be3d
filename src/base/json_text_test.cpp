#include "base/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte {
namespace {

std::string Quoted(std::string_view text, std::string_view also = {}) {
  std::string json;
  AppendJsonText(text, json, also);
  return json;
}

TEST(JsonTextTest, WhatJsonAsksForIsEscaped) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("größe <a, b>"), R"("größe <a, b>")");
  EXPECT_EQ(Quoted(std::string_view("\"\\\n\0\x1b\x7f", 6)), R"("\"\\\n\u0000\u001b\u007f")");
  EXPECT_EQ(Quoted("\u009b\u202e\u2028"), R"("\u009b\u202e\u2028")");
  EXPECT_EQ(Quoted("</script>", "<>"), R"("\u003c/script\u003e")");
}

// Any reader gets back what was written, and a library's writer gives the same bytes but for DEL.
TEST(JsonTextTest, EveryCharacterIsWrittenAndReadAlike) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string text = "a" + std::string(2, static_cast<char>(byte)) + "ß";
    if (byte != 0x7f) {
      EXPECT_EQ(Quoted(text), nlohmann::json(text).dump());
    }
    EXPECT_EQ(nlohmann::json::parse(Quoted(text, text.substr(1, 1))), nlohmann::json(text));
  }
}

TEST(JsonTextTest, BytesOfNoCharacterAreReplaced) {
  EXPECT_EQ(Quoted("a\xff(\xc3(\xed\xa0\x80"), "\"a\uFFFD(\uFFFD(\uFFFD\uFFFD\uFFFD\"");
  for (int byte = 0x80; byte < 0x100; ++byte) {
    EXPECT_TRUE(nlohmann::json::accept(Quoted(std::string(3, static_cast<char>(byte)))));
  }
}

}  // namespace
}  // namespace rapidbyte
