// What check finds: what connectors answer to rb_validate, and what the destination is asked after the source. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/pipeline.h"
#include "engine/stage_timer.h"

namespace rapidbyte::engine {

struct Finding {
  Side side = Side::kSource;
  bool is_error = true;  // a run would fail; else a note
  std::string stream;    // empty: it is about all of them
  Error error;           // says stream and side as a run's error does
};

// Adds what one side answered, its texts made one line. A connector that could not be asked is a finding, too.
void AddFindings(const Result<nlohmann::json>& answer, Side side, std::vector<Finding>& findings);

// rb_validate's request for a source, and for the destination with what the source said of its streams.
nlohmann::json SourceQuestion(const Pipeline& pipeline);
nlohmann::json DestinationQuestion(const Pipeline& pipeline, const Result<nlohmann::json>& source_answer);

}  // namespace rapidbyte::engine
