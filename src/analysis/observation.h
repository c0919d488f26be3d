// One value of one metric, with all that it can be grouped by: what comparisons and histories are made of.
//
// Values measured here come from samples; values measured elsewhere (a CSV file, another tool's JSON) come in the same
// form, so that everything after this is one mechanism. Plain data; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/campaign.h"
#include "record/cell_key.h"
#include "record/sample.h"

namespace rapidbyte::analysis {

// Dimensions that every sample has besides its cell's parameters.
inline constexpr std::string_view kCommitDimension = "commit";
inline constexpr std::string_view kScenarioDimension = "scenario";

struct Observation {
  record::CellKey dimensions;  // the cell's parameters, "commit" and "scenario"
  std::string run;             // what was interleaved with what: values of one run compare as pairs, block by block
  uint32_t block = 0;
  double value = 0;  // finite, in the metric's unit
};

// Of a sample that counts: not of a warm-up block, not failed, and the metric is known of it.
std::optional<Observation> ObservationOf(const record::Sample& sample, const record::Campaign& campaign,
                                         const std::string& metric);

// The commit that a sample measured.
const std::string& CommitOf(const record::Sample& sample, const record::Campaign& campaign);

}  // namespace rapidbyte::analysis
