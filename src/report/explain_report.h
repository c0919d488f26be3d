// Why a cell became slower or faster, as text for a terminal, as Markdown and as JSON. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "analysis/explanation.h"
#include "analysis/frame_change.h"
#include "record/cell_key.h"

namespace rapidbyte::report {

struct ExplainedCell {
  record::CellKey cell;
  std::string verdict;  // of the comparison: "regressed"
  analysis::Explanation explanation;
  analysis::CellFrames frames = {};
};

struct ExplainReport {
  std::string before_name, after_name;
  std::vector<ExplainedCell> cells;
  std::vector<std::string> warnings;
  bool all = false;  // text and Markdown with every part, not only those worth reading
};

// At most 80 columns wide. Significant parts first, waits that mirror the other stage last.
std::string ExplainText(const ExplainReport& report);
// GitHub's dialect.
std::string ExplainMarkdown(const ExplainReport& report);
// docs/formats/explain.md has the keys.
std::string ExplainJson(const ExplainReport& report);

}  // namespace rapidbyte::report
