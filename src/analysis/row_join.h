// Which cells of two columns meet, and under which row. Pure; any thread.
//
// Cells of equal rows meet. Subjects have parameters of their own, which may be told apart: a cell of a subject that
// lacks one then meets each of the other's cells, whatever their value of it, and the row has the parameters of both.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "record/cell_key.h"

namespace rapidbyte::analysis {

// The dimension whose columns need not have the same parameters.
inline constexpr std::string_view kSubjectDimension = "subject";

enum class RowsMeet {
  kWhereEqual,
  kWhereAgreed,  // in all parameters that both have
};

struct JoinedRow {
  record::CellKey row;
  size_t before = 0, after = 0;  // indices of the rows that it was made of
};

struct RowJoin {
  std::vector<JoinedRow> rows;                  // sorted
  std::vector<size_t> only_before, only_after;  // indices of those that meet none
};

RowJoin JoinRows(const std::vector<record::CellKey>& before, const std::vector<record::CellKey>& after, RowsMeet meet);

}  // namespace rapidbyte::analysis
