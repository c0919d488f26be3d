// From a scenario to the cells that are measured: axes multiplied out, without what is excluded or filtered away.
//
// The order is that of the document: subjects, then axes with the last one fastest; the size of the dataset comes first
// among the axes where it is none of them. A subject's cells have only the parameters that it uses (bindings.h), so an
// axis that it does not use does not multiply them. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/cell_key.h"
#include "scenario/scenario.h"

namespace rapidbyte::scenario {

// What the command line says beside the document.
struct Overrides {
  std::vector<std::string> axes;    // "key=a,b" or "key=1..9:2": replaces an axis, or adds one at the end
  std::optional<std::string> rows;  // "1000 10000": the same as the axis rows
  std::optional<uint32_t> iterations;
  std::optional<uint32_t> warmup;
  std::vector<std::string> filters;  // "key=a,b" keeps the cells with a or b, "key!=a" those without
};

struct PlannedCell {
  record::CellKey key;              // its parameters; with `subject` where there are several subjects
  size_t subject = 0;               // index into the scenario's
  record::CellKey values;           // for placeholders: the parameters and `subject`
  record::CellKey pipeline_values;  // for BindPipeline: the parameters that are keys of the pipeline document
};

// `scenario` with the overrides but the filters in it. Errors: kUsage for what cannot be read, and for an axis that
// binds nothing.
Result<Scenario> ApplyOverrides(Scenario scenario, const Overrides& overrides);

// Applies the overrides and multiplies out. Errors: as ApplyOverrides; kUsage for filters by what is no parameter or by
// a value that does not occur; kConfiguration for more than kMaxCells cells (before anything is left out), for two
// cells with the same parameters, and where no cell is left.
Result<std::vector<PlannedCell>> ExpandMatrix(const Scenario& scenario, const Overrides& overrides);

}  // namespace rapidbyte::scenario
