#include "base/json.h"

#include <gtest/gtest.h>

namespace rapidbyte {
namespace {

using nlohmann::json;
using Kind = JsonError::Kind;

std::string Nested(size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(ParseJson, BoundsHowDeepADocumentNests) {
  EXPECT_TRUE(ParseJson(Nested(256)));
  for (const std::string& text :
       {Nested(257), Nested(200'000), std::string(200'000, '['), "{\"a\":" + Nested(256) + "}"}) {
    const auto parsed = ParseJson(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().kind, Kind::kTooDeep);
    EXPECT_EQ(parsed.error().message, "the JSON nests deeper than 256 levels");
  }
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(ParseJson(objects).error().kind, Kind::kTooDeep);
}

TEST(ParseJson, CountsNoBracketsWithinTexts) {
  EXPECT_TRUE(ParseJson("[\"\\\"" + std::string(1000, '[') + "\"]"));
  EXPECT_TRUE(ParseJson("{\"" + std::string(1000, '{') + "\":1}"));
  std::string flat = "[";
  for (int i = 0; i < 1000; ++i) flat += "[],{},";
  EXPECT_TRUE(ParseJson(flat + "1]"));
}

TEST(ParseJson, BoundsHowLargeADocumentIs) {
  EXPECT_TRUE(ParseJson("[1]", {.bytes = 3}));
  EXPECT_EQ(ParseJson("[12]", {.bytes = 3}).error().kind, Kind::kTooLarge);
  EXPECT_EQ(ParseJson("\"" + std::string(JsonLimits().bytes, ' ') + "\"").error().message,
            "the JSON is larger than 64 MiB");
}

TEST(ParseJson, SaysWhatIsWrongAndWhere) {
  struct Case {
    const char* text;
    Kind kind;
    size_t offset;
    const char* message;
  };
  for (const Case& c :
       {Case{"", Kind::kEndsEarly, 0, "there is no text"}, Case{" \n", Kind::kEndsEarly, 2, "there is no text"},
        Case{"[1, 2", Kind::kEndsEarly, 5, "the JSON ends too early"},
        Case{"{\"a\": \"b", Kind::kEndsEarly, 8, "the JSON ends too early"},
        Case{"[1, x]", Kind::kNotJson, 4, "this is not JSON"}, Case{"[1] 2", Kind::kNotJson, 4, "this is not JSON"},
        Case{"[\"\xff\"]", Kind::kNotJson, 2, "this is not JSON"},
        Case{"[1e999]", Kind::kNotJson, 5, "the JSON has a number that is too large"}}) {
    const auto parsed = ParseJson(c.text);
    ASSERT_FALSE(parsed) << c.text;
    EXPECT_EQ(parsed.error().kind, c.kind) << c.text;
    EXPECT_EQ(parsed.error().offset, c.offset) << c.text;
    EXPECT_EQ(parsed.error().message, c.message) << c.text;
  }
}

TEST(DumpJson, IsOneLineAndReplacesWhatIsNotUtf8) {
  const std::string line = DumpJson(json{{"error", "bad \xff byte\nnext"}});
  EXPECT_EQ(line, "{\"error\":\"bad \xef\xbf\xbd byte\\nnext\"}");
  EXPECT_EQ(DumpJson(json{{"k\xe9y", 1}}), "{\"k\xef\xbf\xbdy\":1}");
  EXPECT_EQ(DumpJson(nlohmann::ordered_json{{"b", "\xff"}, {"a", 1}}, 1), "{\n \"b\": \"\xef\xbf\xbd\",\n \"a\": 1\n}");
}

TEST(JsonMember, CountsWhatIsNotAsAskedForAsNotSaid) {
  const json object = {{"text", "t"},    {"number", -1.5}, {"count", 7},
                       {"negative", -7}, {"flag", true},   {"list", {"a", 1, "b", nullptr}}};
  EXPECT_EQ(JsonText(object, "text"), "t");
  EXPECT_EQ(JsonNumber(object, "number"), -1.5);
  EXPECT_EQ(JsonCount(object, "count"), 7u);
  EXPECT_EQ(JsonCount(object, "negative"), std::nullopt);
  EXPECT_EQ(JsonCount(object, "number"), std::nullopt);
  EXPECT_TRUE(JsonFlag(object, "flag"));
  EXPECT_EQ(JsonList(object, "list").size(), 4u);
  EXPECT_EQ(JsonTexts(object, "list"), (std::vector<std::string>{"a", "b"}));
  for (const json& other : {json(), json(5), json("text"), json::array({1, 2}), json{{"key", json::object()}}}) {
    EXPECT_EQ(JsonText(other, "key", "else"), "else");
    EXPECT_EQ(JsonNumber(other, "key"), std::nullopt);
    EXPECT_EQ(JsonCount(other, "key"), std::nullopt);
    EXPECT_TRUE(JsonFlag(other, "key", true));
    EXPECT_TRUE(JsonList(other, "key").empty());
    EXPECT_TRUE(JsonTexts(other, "key").empty());
    EXPECT_EQ(JsonMember(other, "missing"), nullptr);
  }
}

}  // namespace
}  // namespace rapidbyte
