// The causes of what regressed, as every form of a comparison shows them beside its table. Pure; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "report/comparison_report.h"
#include "report/comparison_table.h"

namespace rapidbyte::report {

// Of the cells of one column; empty where there are none. Each cell by its name in the table.
std::string CausesText(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column);
std::string CausesMarkdown(std::span<const CellCauses> causes, const ComparisonTable& table, size_t column);

// Of one cell, for what has no layout of its own; empty where nothing is known of it.
std::vector<std::string> CausesLines(std::span<const CellCauses> causes, const ComparisonRow& row, size_t column);

// A list of the parts, the largest first; null where nothing is known of the cell.
nlohmann::json CausesJson(std::span<const CellCauses> causes, const analysis::ComparedCell& cell);
// A list of the functions that grew; null where there are no profiles.
nlohmann::json FunctionsJson(std::span<const CellCauses> causes, const analysis::ComparedCell& cell);

}  // namespace rapidbyte::report
