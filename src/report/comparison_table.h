// What all forms of a comparison show of a cell, as texts: the common part of their renderers. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "base/format.h"

namespace rapidbyte::report {

struct ComparisonRow {
  const analysis::ComparedCell* cell = nullptr;
  std::string name;    // the values of the parameters that differ between cells: "100000/copy/lz4"
  std::string before;  // medians with their unit
  std::string after;
  std::string change;    // "+3.12%", "–" where there is no ratio
  std::string interval;  // "+2.20% to +4.01%", empty where there is none
  std::string verdict;   // "~" for unchanged
  std::string footnote;  // why it is inconclusive, or what to know of it; may be empty
};

// Which parameters tell cells apart, and which they all share.
struct Parameters {
  std::vector<std::string> varying;
  std::map<std::string, std::string> constant;
};
Parameters DivideParameters(const std::vector<record::CellKey>& cells);
// The values of the varying ones: "100000/copy/lz4"; "all" where there are none.
std::string CellName(const record::CellKey& cell, const std::vector<std::string>& varying);

struct ComparisonTable {
  std::vector<std::string> varying;             // parameters in the rows' names
  std::map<std::string, std::string> constant;  // parameters that all cells share, with their value
  std::vector<ComparisonRow> rows;              // changed first: regressed, improved, inconclusive, unchanged
};

// Of the cells of one column.
ComparisonTable TableOf(const analysis::Comparison& comparison, size_t column);

std::string FormatChange(double ratio);  // 1.0312 is "+3.12%"; three significant digits, never "-0.00%"
std::string FormatValue(double value, const std::string& unit);
std::string FormatInterval(const stats::Interval& interval);

}  // namespace rapidbyte::report
