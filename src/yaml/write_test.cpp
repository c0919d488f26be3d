#include "yaml/write.h"

#include <gmock/gmock.h>

namespace rapidbyte::yaml {
namespace {

Node Parsed(const std::string& text) {
  auto parsed = Parse(text, "t.yaml");
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message << "\n" << text;
    return {};
  }
  return *parsed;
}

TEST(WriteTest, WritesBlocks) {
  EXPECT_EQ(Write(Parsed("{a: 1, b: [x, {c: d, e: ~}, []], f: {}, 'g h': 'i: j'}")),
            "a: 1\nb:\n  - x\n  -\n    c: d\n    e: null\n  - []\nf: {}\n\"g h\": \"i: j\"\n");
  EXPECT_EQ(Write(Parsed("just a text")), "\"just a text\"\n");
}

TEST(WriteTest, WhatIsWrittenReadsTheSame) {
  for (const char* text : {"a: 'null'\nb: null\nc: '~'\nd: 'Null'\ne: ''", "a: \"x\\ny\\t\\\\ \\\"q\\\" \\x01 é\"",
                           "a: '-'\nb: '- x'\nc: '#'\nd: 'x #y'\ne: '...'\nf: '*a'\ng: '&a'\nh: '!t'\ni: '%'",
                           "a: ${X:-y}\nb: '$${X}'\nc: '{}'\nd: '[]'", "- - - a\n    - b\n  - {}\n- k: [[]]",
                           "'null': 1\n'': 2\n'- a': 3\n'? b': 4", "a: &s {x: 1}\nb: *s", "", "[]", "'...'"}) {
    const Node node = Parsed(text);
    EXPECT_TRUE(SameValues(node, Parsed(Write(node)))) << text << "\n" << Write(node);
  }
}

TEST(WriteTest, DifferentValuesAreNotTheSame) {
  EXPECT_FALSE(SameValues(Parsed("a: 'null'"), Parsed("a: null")));
  EXPECT_FALSE(SameValues(Parsed("a: [b]"), Parsed("a: [b, c]")));
  EXPECT_FALSE(SameValues(Parsed("a: b"), Parsed("c: b")));
}

}  // namespace
}  // namespace rapidbyte::yaml
