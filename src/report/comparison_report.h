// A comparison as text for a terminal, as Markdown for a pull request, as JSON and as CSV. Pure; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/comparison.h"
#include "analysis/explanation.h"
#include "analysis/frame_change.h"

namespace rapidbyte::report {

// What the change of one cell's wall time is made of; of each cell that regressed, the three largest causes are shown.
struct CellCauses {
  record::CellKey row;
  size_t column = 1;
  analysis::Explanation explanation;
  analysis::CellFrames frames = {};
};
inline constexpr size_t kCausesShown = 3;  // parts, and functions

struct ComparisonNotes {
  std::vector<std::string> column_names;     // how to call Comparison::columns: "8f2a91c03d (main)"
  std::vector<std::string> warnings;         // whole sentences: other hosts, changed trees, failed runs
  bool why = false;                          // with the reasons of every verdict
  std::vector<CellCauses> causes = {};       // of regressed cells
  std::vector<record::CellKey> failed = {};  // rows of the first column that only failed in the last; for the gate
};

// At most 80 columns wide where the cells' names allow it. Changed cells come first, "~" stands for unchanged.
std::string ComparisonText(const analysis::Comparison& comparison, const ComparisonNotes& notes);
// A table of the changed cells, the others folded away. GitHub's dialect.
std::string ComparisonMarkdown(const analysis::Comparison& comparison, const ComparisonNotes& notes);
// docs/formats/comparison.md has the keys.
std::string ComparisonJson(const analysis::Comparison& comparison, const ComparisonNotes& notes);
nlohmann::json ComparisonDocument(const analysis::Comparison& comparison, const ComparisonNotes& notes);
// One line a cell, RFC 4180.
std::string ComparisonCsv(const analysis::Comparison& comparison, const ComparisonNotes& notes);

// "2 regressed, 1 improved, 40 unchanged, 11 inconclusive": the kinds that there are.
std::string CountsSentence(const analysis::Comparison& comparison);

}  // namespace rapidbyte::report
