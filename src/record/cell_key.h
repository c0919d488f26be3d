// The name of one cell of a benchmark's matrix: each parameter with its value as text. Plain data; any thread.
//
// Two samples belong to the same cell where their keys are equal. The canonical text is what the store compares and
// what the lines hold: a JSON object with sorted keys and no spaces, so that equal cells have equal texts.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapidbyte::record {

using CellKey = std::map<std::string, std::string>;  // {"load_method": "copy", "rows": "10000"}

std::string CanonicalText(const CellKey& cell);  // {"load_method":"copy","rows":"10000"}

// Reads an object of texts, numbers and flags; numbers and flags become what JSON writes for them. Errors:
// kConfiguration for anything else.
Result<CellKey> ParseCellKey(std::string_view text);
Result<CellKey> ReadCellKey(const nlohmann::json& document);

// For people: of a commit's sha the first ten digits. Any other name is left whole.
std::string ShortCommit(std::string_view commit);
// What people read of a parameter's value: a short commit where the parameter is "commit".
std::string ShownValue(std::string_view name, std::string_view value);
std::string Label(const CellKey& cell);  // "load_method=copy rows=10000"; "all" where there are no parameters

std::string ParameterOf(const CellKey& cell, const std::string& name);  // empty where it has none of that name

// Whether `cell` has each parameter of `filter` with that value.
bool Matches(const CellKey& cell, const CellKey& filter);

// What a person calls the cell in a comparison of load methods: its load method, or else its label.
std::string ModeOf(const CellKey& cell);
bool IsAot(const CellKey& cell);  // also where the cell says nothing of a runtime
// The parameter "rows" as a count; nothing where it has none, or no whole number.
std::optional<uint64_t> RowsOf(const CellKey& cell);

}  // namespace rapidbyte::record
