#include "record/cell_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::record {
namespace {

const CellKey kCell = {{"rows", "10000"}, {"load_method", "copy"}};

TEST(CellKey, EqualCellsHaveOneText) {
  EXPECT_EQ(CanonicalText(kCell), R"({"load_method":"copy","rows":"10000"})");
  EXPECT_EQ(CanonicalText({}), "{}");
  EXPECT_EQ(*ParseCellKey(CanonicalText(kCell)), kCell);
  const CellKey odd = {{"na\"me", "a=b c\n"}, {"größe", ""}};
  EXPECT_EQ(*ParseCellKey(CanonicalText(odd)), odd);
}

TEST(CellKey, NumbersAndFlagsBecomeTexts) {
  EXPECT_EQ(*ParseCellKey(R"({"rows": 10000, "fast": true})"), (CellKey{{"rows", "10000"}, {"fast", "true"}}));
}

TEST(CellKey, RefusesWhatIsNoCell) {
  for (const char* text : {"", "[]", "7", R"({"a": null})", R"({"a": {}})", R"({"a": "b")"}) {
    EXPECT_FALSE(ParseCellKey(text)) << text;
  }
  EXPECT_THAT(ParseCellKey(R"({"rows": []})").error().message, testing::HasSubstr("'rows'"));
}

TEST(CellKey, LabelsNameEachParameter) {
  EXPECT_EQ(Label(kCell), "load_method=copy rows=10000");
  EXPECT_EQ(Label({}), "all");
}

TEST(CellKey, MatchesByTheParametersOfTheFilter) {
  EXPECT_TRUE(Matches(kCell, {}));
  EXPECT_TRUE(Matches(kCell, {{"rows", "10000"}}));
  EXPECT_FALSE(Matches(kCell, {{"rows", "1000"}}));
  EXPECT_FALSE(Matches(kCell, {{"runtime", "aot"}}));
}

TEST(CellKey, PeopleReadTenDigitsOfACommit) {
  const std::string sha = "0123456789abcdef0123456789abcdef01234567";
  EXPECT_EQ(ShortCommit(sha), "0123456789");
  EXPECT_EQ(ShortCommit("v1.2-14-g0123456"), "v1.2-14-g0123456");
  EXPECT_EQ(ShownValue("commit", sha), "0123456789");
  EXPECT_EQ(ShownValue("key", sha), sha);
  EXPECT_EQ(Label({{"commit", sha}, {"rows", "10"}}), "commit=0123456789 rows=10");
}

TEST(CellKey, KnowsTheParametersOfTheBuiltInScenario) {
  EXPECT_EQ(ModeOf(kCell), "copy");
  EXPECT_EQ(ModeOf({{"rows", "5"}}), "rows=5");
  EXPECT_TRUE(IsAot(kCell));
  EXPECT_FALSE(IsAot({{"runtime", "native"}}));
  EXPECT_EQ(RowsOf(kCell), 10'000u);
  EXPECT_EQ(RowsOf({}), std::nullopt);
  EXPECT_EQ(RowsOf({{"rows", "10k"}}), std::nullopt);
}

}  // namespace
}  // namespace rapidbyte::record
