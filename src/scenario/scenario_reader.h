// From the tree of a scenario document to a Scenario. Its own header so that a test can see which keys are read.
#pragma once

#include "scenario/scenario.h"
#include "yaml/fields.h"

namespace rapidbyte::scenario {

// `folder` is what the paths in the document are relative to. Bindings are not checked.
Scenario ReadScenario(const yaml::Node& root, const std::filesystem::path& folder, const yaml::Environment& environment,
                      yaml::Problems& problems);

// The `metrics` section, with the primary metric marked: wall, put first, where none says so.
std::vector<MetricSpec> ReadMetrics(yaml::Fields metrics);

}  // namespace rapidbyte::scenario
