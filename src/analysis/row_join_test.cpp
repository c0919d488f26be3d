#include "analysis/row_join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::analysis {
namespace {

using record::CellKey;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<CellKey> RowsOfJoin(const RowJoin& join) {
  std::vector<CellKey> rows;
  for (const JoinedRow& row : join.rows) rows.push_back(row.row);
  return rows;
}

TEST(JoinRows, EqualRowsMeetAndTheOthersAreNamed) {
  const RowJoin join = JoinRows({{{"a", "1"}}, {{"a", "2"}}}, {{{"a", "2"}}, {{"a", "3"}}}, RowsMeet::kWhereEqual);
  EXPECT_THAT(RowsOfJoin(join), ElementsAre(CellKey{{"a", "2"}}));
  EXPECT_EQ(join.rows[0].before, 1u);
  EXPECT_EQ(join.rows[0].after, 0u);
  EXPECT_THAT(join.only_before, ElementsAre(0));
  EXPECT_THAT(join.only_after, ElementsAre(1));
}

TEST(JoinRows, EqualRowsHaveTheSameParameters) {
  const RowJoin join = JoinRows({{{"a", "1"}}}, {{{"a", "1"}, {"b", "1"}}}, RowsMeet::kWhereEqual);
  EXPECT_THAT(join.rows, IsEmpty());
  EXPECT_THAT(join.only_before, ElementsAre(0));
  EXPECT_THAT(join.only_after, ElementsAre(0));
}

TEST(JoinRows, WhatLacksAParameterMeetsEveryValueOfIt) {
  const std::vector<CellKey> before = {
      {{"rows", "1"}, {"mode", "copy"}}, {{"rows", "1"}, {"mode", "insert"}}, {{"rows", "2"}, {"mode", "copy"}}};
  const RowJoin join = JoinRows(before, {{{"rows", "1"}}, {{"rows", "3"}}}, RowsMeet::kWhereAgreed);
  EXPECT_THAT(RowsOfJoin(join), ElementsAre(before[0], before[1]));
  EXPECT_EQ(join.rows[1].after, 0u);
  EXPECT_THAT(join.only_before, ElementsAre(2));
  EXPECT_THAT(join.only_after, ElementsAre(1));
}

TEST(JoinRows, EachMayHaveAParameterOfItsOwn) {
  const RowJoin join = JoinRows({{{"mode", "copy"}}}, {{{"jobs", "1"}}, {{"jobs", "2"}}}, RowsMeet::kWhereAgreed);
  EXPECT_THAT(RowsOfJoin(join),
              ElementsAre(CellKey{{"mode", "copy"}, {"jobs", "1"}}, CellKey{{"mode", "copy"}, {"jobs", "2"}}));
}

}  // namespace
}  // namespace rapidbyte::analysis
