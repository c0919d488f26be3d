#include "metrics/json_path.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

const json kDocument = json::parse(R"({
  "rows": 10, "text": "12.5", "word": "many", "a": {"b": [{"c": 1}, {"c": 2}, {"c": 3}]},
  "with 'quotes'": 4, "a.b": 5, "null": null})");

Result<double> At(const std::string& path) {
  RB_ASSIGN(const JsonPath parsed, JsonPath::Parse(path));
  RB_ASSIGN(const json* value, parsed.Find(kDocument));
  return NumberAt(*value, path);
}

TEST(JsonPath, FindsNumbers) {
  EXPECT_EQ(At("$.rows"), 10);
  EXPECT_EQ(At("rows"), 10);
  EXPECT_EQ(At("$.a.b[0].c"), 1);
  EXPECT_EQ(At("a.b[-1].c"), 3);
  EXPECT_EQ(At("$['a']['b'][1][\"c\"]"), 2);
  EXPECT_EQ(At("$['with \\'quotes\\'']"), 4);
  EXPECT_EQ(At("$['a.b']"), 5);
  EXPECT_EQ(At("$.text"), 12.5);
}

TEST(JsonPath, SaysWhereItLedNowhere) {
  EXPECT_EQ(At("$.row").error().message, "$ has no key 'row'; nearest: 'rows'");
  EXPECT_EQ(At("$.a.b[3].c").error().message, "$['a']['b'] has 3 elements, none at [3]");
  EXPECT_EQ(At("$.a.b[-4]").error().message, "$['a']['b'] has 3 elements, none at [-4]");
  EXPECT_EQ(At("$.a[0]").error().message, "$['a'] is no array but object");
  EXPECT_EQ(At("$.rows.x").error().message, "$['rows'] is no object but number");
  EXPECT_EQ(At("$.a").error().message, "$.a is object, not a number");
  EXPECT_EQ(At("$.word").error().message, "$.word is \"many\", not a number");
  EXPECT_EQ(At("$.null").error().message, "$.null is null, not a number");
}

TEST(JsonPath, RefusesWhatIsNoPath) {
  for (const char* path : {"", ".a", "$a", "$.", "$..a", "$[", "$[]", "$[x]", "$[1", "$['a", "$['a'", "$['a\\", "$.a b",
                           "$[*]", "$[99999999999999999999]"}) {
    const auto parsed = JsonPath::Parse(path);
    ASSERT_FALSE(parsed) << path;
    EXPECT_EQ(parsed.error().code, ErrorCode::kConfiguration);
    EXPECT_NE(parsed.error().message.find("column"), std::string::npos);
  }
  EXPECT_FALSE(At("$.a.b[-9223372036854775808]"));
  EXPECT_FALSE(At("$.a.b[9223372036854775807]"));
}

}  // namespace
}  // namespace rapidbyte::metrics
