#include "yaml/node.h"

#include <gtest/gtest.h>

namespace rapidbyte::yaml {
namespace {

std::string ErrorOf(const std::string& text) {
  const auto node = Parse(text, "f.yaml");
  return node ? "" : node.error().message;
}

TEST(ParseTest, OneDocumentWithOrWithoutMarks) {
  EXPECT_EQ(Parse("a: 1\n", "f.yaml")->entries.size(), 1u);
  EXPECT_EQ(Parse("---\na: 1\n...\n", "f.yaml")->entries.size(), 1u);
  EXPECT_EQ(Parse("", "f.yaml")->kind, Node::Kind::kNull);
  EXPECT_EQ(Parse("# nothing\n", "f.yaml")->kind, Node::Kind::kNull);
}

TEST(ParseTest, MoreThanOneDocumentIsTold) {
  EXPECT_EQ(ErrorOf("a: 1\n---\nb: 2\n---\nc: 3\n"), "f.yaml:2: expected one document, and here is more than that");
}

// yaml-cpp gives documents for these until memory ends.
TEST(ParseTest, TextThatBelongsToNoDocumentEnds) {
  EXPECT_EQ(ErrorOf(","), "f.yaml:1: expected one document, and here is more than that");
  EXPECT_EQ(ErrorOf("# a\n, b: 1\n"), "f.yaml:2: expected one document, and here is more than that");
}

TEST(ParseTest, OtherEncodingsAreToldWithTheirPlace) {
  EXPECT_EQ(ErrorOf("a: 1\nGr\xc3\xb6\xc3\x9f"
                    "e: Gr\xf6\xdf"
                    "e\n"),
            "f.yaml:2:10: the byte 0xf6 is not UTF-8");
  EXPECT_EQ(ErrorOf("\xff\xfe"
                    "a"),
            "f.yaml:1:1: the byte 0xff is not UTF-8");
  EXPECT_EQ(Parse("\xef\xbb\xbf"
                  "a: \xc3\xb6",
                  "f.yaml")
                ->entries[0]
                .value.text,
            "\xc3\xb6")
      << "after a mark of UTF-8";
}

}  // namespace
}  // namespace rapidbyte::yaml
