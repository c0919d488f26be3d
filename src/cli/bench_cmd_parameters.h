// The parameters of `bench cmd`: -L VAR a,b,c and -P VAR MIN MAX, and {VAR} in commands. Pure; any thread.
//
// Unlike in a scenario, braces around anything but a parameter's name are left as they are: awk '{print $1}' needs no
// second thought.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/cell_key.h"

namespace rapidbyte::cli {

struct CommandParameter {
  std::string name;
  std::vector<std::string> values;  // one or more, all different
};

// Values between commas; "\," is a comma of a value, and a value may be empty. Errors: kUsage.
Result<CommandParameter> ParseParameterList(const std::string& name, std::string_view values);

// From `first` up or down to `last`, both included where the step meets them. Decimal numbers, computed without
// rounding: 0.1 to 0.3 by 0.1 is 0.1, 0.2, 0.3. An empty step is 1, for whole numbers only. Errors: kUsage.
Result<CommandParameter> ParseParameterScan(const std::string& name, std::string_view first, std::string_view last,
                                            std::string_view step);

bool UsesParameter(std::string_view text, const std::string& name);
// {VAR} becomes its value, in one pass: a value that looks like a placeholder stays as it is.
std::string ReplaceParameters(std::string_view text, const record::CellKey& values);

// All combinations, the last parameter fastest; one without any parameter where there are none.
std::vector<record::CellKey> Combinations(const std::vector<CommandParameter>& parameters);

}  // namespace rapidbyte::cli
