// What a cell of a matrix is told apart by: parameter name -> value as text.
#pragma once

#include <map>
#include <string>

namespace rapidbyte::scenario {

using CellKey = std::map<std::string, std::string>;

// "load_method=copy rows=10000"
inline std::string Label(const CellKey& key) {
  std::string label;
  for (const auto& [name, value] : key) label += (label.empty() ? "" : " ") + name + "=" + value;
  return label;
}

}  // namespace rapidbyte::scenario
