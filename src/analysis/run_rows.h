// The runs of both sides of a comparison as rows of numbers, arranged for means: pairs where they were interleaved,
// else campaigns. Pure; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "record/sample.h"
#include "stats/power.h"

namespace rapidbyte::analysis {

// By part, then by row; `wall` is what the parts of a row come to.
struct RunRows {
  std::vector<double> wall;
  std::vector<std::vector<double>> parts;

  size_t size() const { return wall.size(); }
};

struct RowsOfSides {
  RunRows before, after;  // paired: before's row i and after's row i ran in one block
  stats::Design design = stats::Design::kPaired;
  size_t left_out = 0;  // pairs whose wall differs far out of line
};

using SampleRefs = std::vector<const record::Sample*>;
using ValuesOf = std::function<std::vector<double>(const record::Sample&)>;

// A row of pairs is a run. Where nothing pairs up a row is the mean of a campaign's runs, which share their moment and
// are no independent ones. Of 10 pairs and more, those are left out, with all their parts, whose wall changed by more
// than five interquartile ranges outside of the quartiles of all: one run that took seconds would drown every mean.
// `column`: the parameter that is compared, in which partners differ. `parts`: how many values a sample has.
RowsOfSides ArrangeRows(const SampleRefs& before, const SampleRefs& after, const std::string& column,
                        const ValuesOf& values, size_t parts);

}  // namespace rapidbyte::analysis
