#include "analysis/contrast.h"

#include <algorithm>

#include "analysis/row_join.h"

namespace rapidbyte::analysis {
namespace {

std::vector<std::string> ValuesOf(const std::vector<record::CellKey>& cells, const std::string& parameter) {
  std::vector<std::string> values;
  for (const record::CellKey& cell : cells) {
    const auto value = cell.find(parameter);
    if (value == cell.end()) continue;
    if (std::find(values.begin(), values.end(), value->second) == values.end()) values.push_back(value->second);
  }
  return values;
}

}  // namespace

Projection ContrastOf(const std::vector<record::CellKey>& cells, const std::vector<std::string>& parameters) {
  std::vector<std::string> candidates = {std::string(kSubjectDimension), "load_method"};
  for (const std::string& parameter : parameters) {
    if (parameter != "rows" && parameter != "scale") candidates.push_back(parameter);
  }
  candidates.insert(candidates.end(), {"rows", "scale"});
  for (const std::string& candidate : candidates) {
    std::vector<std::string> values = ValuesOf(cells, candidate);
    if (values.size() < 2) continue;
    return {candidate, std::move(values), {}, {}};
  }
  return {};
}

}  // namespace rapidbyte::analysis
