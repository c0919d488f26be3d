// What a campaign would do, for --dry-run: the cells and how often each runs. report/plan_text renders it. Plain
// values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "scenario/matrix.h"
#include "scenario/scenario.h"

namespace rapidbyte::scenario {

struct Plan {
  std::string scenario;
  std::string description;
  std::string environment;              // "ephemeral server", "server", "none"; never a DSN
  std::string dataset;                  // "bench_events"; empty: none
  std::vector<std::string> parameters;  // the columns of the cells, in the order of the document
  std::vector<PlannedCell> cells;
  uint32_t warmup = 0;  // blocks
  uint32_t blocks = 0;  // measured; the most, where until_decided
  bool until_decided = false;
  double max_secs = 0;      // until_decided's
  double timeout_secs = 0;  // per run; 0: none

  size_t RunCount() const { return cells.size() * (size_t{warmup} + blocks); }
};

// Errors: as ExpandMatrix.
Result<Plan> MakePlan(const Scenario& scenario, const Overrides& overrides);

// The whole scenario as one JSON object, for the record of a campaign. Without the DSN, which may hold a password.
nlohmann::json ScenarioJson(const Scenario& scenario);

}  // namespace rapidbyte::scenario
