// --filter key=value[,value] and --filter key!=value[,value]: which cells to keep. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "record/cell_key.h"
#include "scenario/scenario.h"

namespace rapidbyte::scenario {

struct Filter {
  std::string parameter;
  std::vector<std::string> values;
  bool keeps = true;  // the cells with one of the values, or else those without
};

// Errors: kUsage, naming the nearest: no parameter of the scenario, a value that none of its cells can have.
Result<std::vector<Filter>> ParseFilters(const Scenario& scenario, const std::vector<std::string>& texts);

// Whether all filters keep a cell with these parameters. A cell without the parameter has none of its values.
bool Keeps(const std::vector<Filter>& filters, const record::CellKey& parameters);

}  // namespace rapidbyte::scenario
