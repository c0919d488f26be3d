// --rows and --filter: the values that a comparison keeps.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "record/cell_key.h"

namespace rapidbyte::cli {

// A parameter, and those of its values that are kept.
struct KeptValues {
  std::string parameter;
  std::vector<std::string> values;
};

// `filters` as "key=a,b", `rows` as "1000 10000" (empty: all). Errors: kUsage.
Result<std::vector<KeptValues>> ParseFilters(const std::vector<std::string>& filters, const std::string& rows);

// Whether all of them keep a cell with these parameters.
bool Keeps(const std::vector<KeptValues>& filters, const record::CellKey& parameters);

}  // namespace rapidbyte::cli
