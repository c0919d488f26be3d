// Whether the engine would take the pipelines of a plan, found out before anything is started.
#pragma once

#include <vector>

#include "base/result.h"
#include "scenario/matrix.h"
#include "scenario/scenario.h"

namespace rapidbyte::cli {

// Every cell's document, as it would be written. Errors: kConfiguration for a document that is not there or is wrong
// and for values of axes that it does not take, all of them, by the scenario's file, line and key or by the option.
Status CheckPipelines(const scenario::Scenario& scenario, const std::vector<scenario::PlannedCell>& cells);

}  // namespace rapidbyte::cli
