// The outcome of a gate for machines that show it: JUnit XML. Pure; any thread.
#pragma once

#include <string>

#include "analysis/comparison.h"
#include "report/comparison_report.h"

namespace rapidbyte::report {

// One test case a cell, one suite a column: a regression is a failure, an inconclusive cell is a failure where
// `fail_inconclusive`, else skipped. Rows that only failed are failures of the last column. A failure says why, and
// what made the cell slower where that is known. As the schema of Apache Ant's JUnit task has it.
std::string ComparisonJunit(const analysis::Comparison& comparison, const ComparisonNotes& notes,
                            bool fail_inconclusive);

}  // namespace rapidbyte::report
