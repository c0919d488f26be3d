#include "cli/bench_filters.h"

#include <algorithm>
#include <sstream>

#include "scenario/axis_values.h"

namespace rapidbyte::cli {

Result<std::vector<KeptValues>> ParseFilters(const std::vector<std::string>& filters, const std::string& rows) {
  std::vector<KeptValues> kept;
  for (const std::string& text : filters) {
    const auto cut = scenario::CutAtEquals(text);
    if (!cut) return Fail(ErrorCode::kUsage, "--filter " + text + ": expected KEY=value[,value]");
    RB_ASSIGN(std::vector<std::string> values, scenario::ParseValueList(cut->value));
    kept.push_back({cut->key, std::move(values)});
  }
  if (!rows.empty()) {
    std::istringstream words(rows);
    KeptValues counts{"rows", {}};
    for (std::string word; words >> word;) counts.values.push_back(word);
    kept.push_back(counts);
  }
  return kept;
}

bool Keeps(const std::vector<KeptValues>& filters, const record::CellKey& parameters) {
  return std::all_of(filters.begin(), filters.end(), [&](const KeptValues& filter) {
    const std::string value = record::ParameterOf(parameters, filter.parameter);
    return std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end();
  });
}

}  // namespace rapidbyte::cli
