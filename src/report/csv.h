// Samples as comma-separated values, RFC 4180. Pure; any thread. docs/formats/store.md has the columns.
// A text that a spreadsheet would take for a formula begins with an apostrophe; nothing unprintable is left in any.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

namespace rapidbyte::report {

// Adds the names of those keys of a sample's line (a flat JSON object) that have a place in a table: numbers, texts,
// true and false.
void AddCsvColumns(const nlohmann::json& line, std::set<std::string>& columns);

// One record of these fields, with CR LF at its end.
std::string CsvLine(const std::vector<std::string>& fields);

// One record each, with CR LF at its end; the columns in their set's order.
std::string CsvHeader(const std::set<std::string>& columns);
std::string CsvRecord(const nlohmann::json& line, const std::set<std::string>& columns);

}  // namespace rapidbyte::report
