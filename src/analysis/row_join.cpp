#include "analysis/row_join.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace rapidbyte::analysis {
namespace {

using record::CellKey;

// Those that all rows have.
std::set<std::string> CommonParameters(const std::vector<CellKey>& before, const std::vector<CellKey>& after) {
  std::map<std::string, size_t> counts;
  for (const auto* rows : {&before, &after}) {
    for (const CellKey& row : *rows) {
      for (const auto& [name, value] : row) ++counts[name];
    }
  }
  std::set<std::string> common;
  for (const auto& [name, count] : counts) {
    if (count == before.size() + after.size()) common.insert(name);
  }
  return common;
}

CellKey Only(const CellKey& row, const std::set<std::string>& names) {
  CellKey some;
  std::copy_if(row.begin(), row.end(), std::inserter(some, some.end()),
               [&](const auto& parameter) { return names.count(parameter.first) != 0; });
  return some;
}

// Nothing where they differ in a parameter that both have.
std::optional<CellKey> Joined(const CellKey& one, const CellKey& other) {
  CellKey both = one;
  for (const auto& [name, value] : other) {
    if (both.emplace(name, value).first->second != value) return std::nullopt;
  }
  return both;
}

}  // namespace

RowJoin JoinRows(const std::vector<CellKey>& before, const std::vector<CellKey>& after, RowsMeet meet) {
  const bool equal = meet == RowsMeet::kWhereEqual;
  const std::set<std::string> common = equal ? std::set<std::string>() : CommonParameters(before, after);
  const auto key = [&](const CellKey& row) { return equal ? row : Only(row, common); };
  std::multimap<CellKey, size_t> candidates;
  for (size_t i = 0; i < after.size(); ++i) candidates.emplace(key(after[i]), i);
  RowJoin join;
  std::vector<bool> met(after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    const size_t rows = join.rows.size();
    const auto [first, last] = candidates.equal_range(key(before[i]));
    for (auto candidate = first; candidate != last; ++candidate) {
      auto row = Joined(before[i], after[candidate->second]);
      if (!row) continue;
      join.rows.push_back({*std::move(row), i, candidate->second});
      met[candidate->second] = true;
    }
    if (join.rows.size() == rows) join.only_before.push_back(i);
  }
  for (size_t i = 0; i < after.size(); ++i) {
    if (!met[i]) join.only_after.push_back(i);
  }
  std::stable_sort(join.rows.begin(), join.rows.end(),
                   [](const JoinedRow& one, const JoinedRow& other) { return one.row < other.row; });
  return join;
}

}  // namespace rapidbyte::analysis
