// `rapidbyte bench explain A B [CELL]`: what the change of a cell's wall time is made of.
//
// Reads the store and files only; --measure builds and runs first. Without CELL the cell that regressed most; where
// none did, the one that improved most, or the only one.
#pragma once

#include <string>

#include "cli/bench_causes.h"
#include "cli/bench_measure.h"
#include "cli/bench_selection.h"
#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchExplainOptions {
  SelectionOptions selection;   // its sides are `before` and `after`
  std::string before, after;    // as for `compare`; both empty: those that it takes
  std::string cell;             // "mode=copy,rows=1000"; empty: see above
  bool changed = false;         // every cell that changed, instead of one
  bool all = false;             // also the parts that hardly matter
  std::string format = "text";  // text, markdown, json
  NamedProfiles profiles;       // instead of those that were recorded of the runs
  bool measure = false;
  MeasureOptions measuring;
};

// Adds `explain` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchExplain(Command bench, BenchExplainOptions& options);

int RunBenchExplain(const BenchExplainOptions& options);

}  // namespace rapidbyte::cli
