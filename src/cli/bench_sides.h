// One side of a comparison, read from where the command line says: a file, a campaign, a commit, a baseline, a window.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/observation.h"
#include "base/result.h"
#include "cli/bench_selection.h"
#include "metrics/foreign_table.h"
#include "record/campaign.h"
#include "record/sample.h"

namespace rapidbyte::cli {

// Tells the sides apart among the dimensions of their observations.
inline constexpr const char* kSideDimension = "side";
inline constexpr const char* kMetricDimension = "metric";  // of other tools' files

// Samples of ours, or numbers from elsewhere.
struct Side {
  std::string column;
  std::string name;  // for people
  std::vector<record::Campaign> campaigns;
  std::vector<record::Sample> samples;
  std::optional<metrics::ForeignTable> foreign;
  std::vector<analysis::Observation> window;
  size_t changed_runs = 0;  // of the commit with changes, left out where there are runs of the commit itself
};

// Warnings about files are added to `warnings`. Errors: as Select.
Result<Side> SideOf(const std::string& text, const SelectionOptions& options, std::vector<std::string>& warnings);

// The commits that --sha names, or else the last ones that have cells in common, the oldest first; of which were passed
// over `warnings` tells. Errors: kUsage as NewestComparable, and where the store has no sample that is kept.
Result<std::vector<Side>> SidesOfStore(const SelectionOptions& options, const std::vector<KeptValues>& filters,
                                       std::vector<std::string>& warnings);

// The newest commit that has one of the rows of `baseline`. Errors: as NewestWith.
Result<Side> SideAfter(const Side& baseline, const std::set<record::CellKey>& rows, const SelectionOptions& options,
                       const std::vector<KeptValues>& filters, std::vector<std::string>& warnings);

// Up to `runs` runs of earlier commits than the candidate, on the same machine, cell by cell. Errors: kUsage
// where there is none.
Result<Side> WindowBefore(const Side& candidate, size_t runs, const SelectionOptions& options);

}  // namespace rapidbyte::cli
