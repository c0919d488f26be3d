// Which parameter of a matrix means something to which subject, and what is wrong where one means nothing. Pure.
//
// A parameter is used by a subject where it is the size of the dataset, where the subject is a pipeline and the name a
// key of the pipeline document, or where the subject's command, or a hook, has it as a placeholder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.h"
#include "yaml/problems.h"

namespace rapidbyte::scenario {

bool Uses(const Scenario& scenario, const SubjectSpec& subject, std::string_view parameter);

// What can be filtered and excluded by: "subject", the size of the dataset, and the axes.
std::vector<std::string> ParametersOf(const Scenario& scenario);

// The values that occur of one of them, in their order.
std::vector<std::string> ValuesOf(const Scenario& scenario, std::string_view parameter);

// The placeholders that the laboratory fills for a scenario, beside the axes.
std::vector<std::string> ProvidedPlaceholders(const Scenario& scenario);

// Notes unknown placeholders, axes that bind nothing or twice, sizes that are no numbers, exclusions by what is no
// parameter and, where `values_too`, by a value that none of its axes has.
void CheckBindings(const Scenario& scenario, bool values_too, yaml::Problems& problems);

}  // namespace rapidbyte::scenario
