#include "analysis/contrast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ContrastOf, SubjectsComeFirstAndNoParameterIsPooled) {
  const Projection contrast = ContrastOf(
      {{{"subject", "ours"}, {"load_method", "copy"}, {"rows", "10"}}, {{"subject", "theirs"}, {"rows", "10"}}},
      {"subject", "rows", "load_method"});
  EXPECT_EQ(contrast.column, "subject");
  EXPECT_THAT(contrast.columns, ElementsAre("ours", "theirs"));
  EXPECT_THAT(contrast.ignore, IsEmpty());
}

TEST(ContrastOf, ThenTheLoadMethodThenTheFirstThatVaries) {
  EXPECT_EQ(ContrastOf({{{"load_method", "insert"}, {"rows", "1"}}, {{"load_method", "copy"}, {"rows", "2"}}},
                       {"rows", "load_method"})
                .column,
            "load_method");
  const Projection other = ContrastOf(
      {{{"rows", "1"}, {"compression", "none"}}, {{"rows", "2"}, {"compression", "lz4"}}}, {"rows", "compression"});
  EXPECT_EQ(other.column, "compression");
  EXPECT_THAT(other.columns, ElementsAre("none", "lz4"));
}

TEST(ContrastOf, OneCellHasNone) { EXPECT_TRUE(ContrastOf({{{"rows", "1"}}}, {"rows"}).columns.empty()); }

}  // namespace
}  // namespace rapidbyte::analysis
