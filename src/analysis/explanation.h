// What the change of a cell's wall time is made of: each part of a run before and after, with an interval, so that the
// parts of each stage add up to the whole change, and the parts on the path of both together do as well.
//
// Means, since means add up and medians don't; blocks whose wall time changed far out of line are left out of all parts
// alike. A stage's slower code shows in the other stage as waiting: such waits are marked, and come last. How much of a
// stage's change reached the wall is its share of the path (docs/explain.md). Nothing here changes a verdict.
// Pure and deterministic; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/run_parts.h"
#include "record/sample.h"
#include "stats/mean_change.h"
#include "stats/power.h"

namespace rapidbyte::analysis {

struct ExplainedPart {
  RunPart part;
  stats::MeanChange time;    // seconds of it per run
  double on_path = 0;        // of the wall's change, by this part; all of them add up to it
  double adjusted_p = 1;     // by Holm over the parts; 1 for waits that mirror the other stage
  bool significant = false;  // at 5%
};

struct Explanation {
  bool has_stages = false;  // made from our own lines; else CPU time and waiting only
  stats::Design design = stats::Design::kPaired;
  size_t runs_before = 0, runs_after = 0;  // that count: of pairs, or campaigns where the sides were not interleaved
  size_t left_out = 0;                     // blocks far out of line
  stats::MeanChange wall;
  double source_share = 0.5;         // of the path; the rest is the destination's
  std::vector<ExplainedPart> parts;  // in the order to be read: significant ones first, by what reached the wall
  std::vector<std::string> notes;    // whole sentences: why there are no intervals, what was left out
};

struct ExplanationOptions {
  std::string column;  // the parameter that tells the sides apart, where it is one of the cell's
  double level = 0.95;
};

// Samples that do not count (warm-up, failed) are skipped. Without runs on a side there are no parts, and a note.
Explanation Explain(std::span<const record::Sample* const> before, std::span<const record::Sample* const> after,
                    const ExplanationOptions& options = {});

// The significant parts that moved the wall in the direction in which it changed, by 1% of its change or more; the
// largest first.
std::vector<ExplainedPart> CausesOf(const Explanation& explanation, size_t most);

}  // namespace rapidbyte::analysis
