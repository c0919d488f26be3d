// `rapidbyte bench compare`: commits, campaigns and files held against each other, cell by cell.
//
// Reads the store and files only; --measure builds and runs first. Exits with 0 whatever the verdicts are: `bench gate`
// is for who wants them in the exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/bench_measure.h"
#include "cli/bench_selection.h"
#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchCompareOptions {
  SelectionOptions selection;
  bool last_was_given = false;
  bool measure = false;
  MeasureOptions measuring;
  std::string column;                // --col; empty: the sides
  std::vector<std::string> rows;     // --row
  std::vector<std::string> ignored;  // --ignore
  std::string format = "text";       // text, markdown, json, csv
  bool why = false;
  bool explore = false;  // other metrics of every cell, not only of those that changed
};

// Builds and measures the commits that `selected` names, in turns, and leaves it to mean what was measured.
Status MeasureSides(const MeasureOptions& options, SelectionOptions& selected);

// What `compare` and `gate` have in common: which samples, by which rule.
void AddSelectionOptions(Command command, SelectionOptions& options);

// --time, for those that read a CSV.
void AddTimeOption(Command command, SelectionOptions& options);

// Adds `compare` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchCompare(Command bench, BenchCompareOptions& options);

int RunBenchCompare(const BenchCompareOptions& options);

}  // namespace rapidbyte::cli
