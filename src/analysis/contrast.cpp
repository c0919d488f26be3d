#include "analysis/contrast.h"

#include <algorithm>

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
  std::vector<std::string> candidates = {"subject", "load_method"};
  for (const std::string& parameter : parameters) {
    if (parameter != "rows" && parameter != "scale") candidates.push_back(parameter);
  }
  candidates.insert(candidates.end(), {"rows", "scale"});
  for (const std::string& candidate : candidates) {
    std::vector<std::string> values = ValuesOf(cells, candidate);
    if (values.size() < 2) continue;
    Projection projection{candidate, std::move(values), {}, {}};
    // Parameters that only some subjects have would keep these from ever meeting.
    if (candidate == "subject") {
      for (const std::string& parameter : parameters) {
        const auto has = [&](const record::CellKey& cell) { return cell.count(parameter) != 0; };
        if (parameter != candidate && !std::all_of(cells.begin(), cells.end(), has))
          projection.ignore.insert(parameter);
      }
    }
    return projection;
  }
  return {};
}

}  // namespace rapidbyte::analysis
