// What engine's and scenario's documents do not show of the mechanism: the rest is tested with them.
#include "yaml/fields.h"

#include <gmock/gmock.h>

namespace rapidbyte::yaml {
namespace {

using ::testing::ElementsAre;

class FieldsTest : public ::testing::Test {
 protected:
  Fields Open(const std::string& text) {
    auto parsed = Parse(text, "t.yaml");
    EXPECT_TRUE(parsed);
    root_ = parsed ? *parsed : Node{};
    return Fields(&root_, "", root_.line, environment_, problems_);
  }

  Node root_;
  Environment environment_ = [](const std::string& name) { return std::optional(name == "SET" ? "x y" : ""); };
  Problems problems_{"t.yaml", "see there"};
};

TEST_F(FieldsTest, VerbatimTextsKeepTheirReferences) {
  Fields fields = Open("a: echo ${SET} $${SET}\nb: ''\nc: [x]");
  std::string a, b = "kept", c = "kept";
  fields.Verbatim("a", "a command", a);
  fields.Verbatim("b", "a command", b);
  fields.Verbatim("c", "a command", c);
  fields.Verbatim("d", "a command", c);
  EXPECT_EQ(a, "echo ${SET} $${SET}");
  EXPECT_EQ(b, "kept");
  EXPECT_EQ(c, "kept");
  EXPECT_EQ(problems_.ToError().message,
            "t.yaml:2: key 'b': expected a command, found an empty text\n"
            "t.yaml:3: key 'c': expected a command, found a list");
  EXPECT_EQ(problems_.ToError().hint, "see there");
}

TEST_F(FieldsTest, FlagsAreTrueOrFalse) {
  Fields fields = Open("a: true\nb: false\nc: yes");
  bool a = false, b = true, c = true, d = true;
  fields.Flag("a", a);
  fields.Flag("b", b);
  fields.Flag("c", c);
  fields.Flag("d", d);
  EXPECT_TRUE(a && !b && c && d);
  EXPECT_EQ(problems_.ToError().message, "t.yaml:3: key 'c': expected false or true, found \"yes\"");
}

TEST_F(FieldsTest, DurationsHaveUnits) {
  Fields fields = Open(
      "ms: 500ms\ns: 10s\nmin: 10 min\nm: 3m\nh: 2h\nzero: 0\nnone: 10\nlong: 25h\nfraction: 1.5s\n"
      "huge: 99999999999999999999h\nnegative: -1s");
  const std::pair<const char*, uint64_t> cases[] = {{"ms", 500},      {"s", 10'000}, {"min", 600'000}, {"m", 180'000},
                                                    {"h", 7'200'000}, {"zero", 0},   {"none", 7},      {"long", 7},
                                                    {"fraction", 7},  {"huge", 7},   {"negative", 7},  {"absent", 7}};
  for (const auto& [key, expected] : cases) {
    uint64_t millis = 7;
    fields.Duration(key, 24 * 3'600'000, "no limit", millis);
    EXPECT_EQ(millis, expected) << key;
  }
  const std::string wanted = "': expected a time up to 24h, as in 500ms, 10s, 10min or 2h, or 0 for no limit, found ";
  EXPECT_EQ(problems_.ToError().message, "t.yaml:7: key 'none" + wanted + "\"10\"\n" +            //
                                             "t.yaml:8: key 'long" + wanted + "\"25h\"\n" +       //
                                             "t.yaml:9: key 'fraction" + wanted + "\"1.5s\"\n" +  //
                                             "t.yaml:10: key 'huge" + wanted + "\"99999999999999999999h\"\n" +
                                             "t.yaml:11: key 'negative" + wanted + "\"-1s\"");
}

TEST_F(FieldsTest, KindsAndKeysOfMappingsThatAreNotFixed) {
  Fields fields = Open("b: 1\na: [2]\nc: {d: 3}\ne:\nb: again");
  EXPECT_THAT(fields.Keys(), ElementsAre("b", "a", "c", "e"));
  EXPECT_EQ(fields.KindOf("b"), Node::Kind::kScalar);
  EXPECT_EQ(fields.KindOf("a"), Node::Kind::kList);
  EXPECT_EQ(fields.KindOf("c"), Node::Kind::kMap);
  EXPECT_EQ(fields.KindOf("e"), Node::Kind::kNull);
  EXPECT_EQ(fields.KindOf("absent"), Node::Kind::kNull);
  fields.Finish();
  EXPECT_EQ(problems_.ToError().message, "t.yaml:5: key 'b': this key occurs twice in the mapping");
}

TEST_F(FieldsTest, RemembersWhatWasAskedFor) {
  Fields fields = Open("list: [{a: 1}]");
  std::string text;
  for (Fields& item : fields.Sections("list", "a list")) item.OptionalText("a", "a text", text);
  fields.Section("absent", false).OptionalText("b", "a text", text);
  EXPECT_THAT(problems_.asked(), ElementsAre("absent", "absent.b", "list", "list[0].a"));
}

TEST_F(FieldsTest, AProblemOfNoLineHasNone) {
  problems_.Add(0, "", "whole");
  EXPECT_EQ(problems_.ToError().message, "t.yaml: whole");
}

}  // namespace
}  // namespace rapidbyte::yaml
