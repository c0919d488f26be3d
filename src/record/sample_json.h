// A sample with its campaign as one flat JSON object, the line of results.jsonl, and back without loss.
//
// The keys of the run's own line come first; where the laboratory has a key of the same name, its own stands and the
// run's moves into "run_hidden". docs/formats/bench_line.md has the keys. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.h"
#include "record/sample.h"

namespace rapidbyte::record {

nlohmann::json ToJson(const Sample& sample, const Campaign& campaign);

struct SampleLine {
  Sample sample;
  Campaign campaign;
};

// Also reads the lines of before there were cells: load_method, rows, runtime and compression become the cell.
// Errors: kConfiguration, naming the key and what was expected.
Result<SampleLine> ParseLine(std::string_view line);
Result<SampleLine> FromJson(nlohmann::json line);

}  // namespace rapidbyte::record
