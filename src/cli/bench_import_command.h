// `rapidbyte bench import`: files of JSON lines, as `bench run` and `bench export` write them, into a store.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchImportOptions {
  std::vector<std::filesystem::path> files;
  std::string store = "target/bench_results/results.db";  // a file or a PostgreSQL server
};

// Adds `import` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchImport(Command bench, BenchImportOptions& options);

// One file after the other, each as a whole; says on `out` what came of it. Stops at the first that cannot be taken.
Status ImportSamples(const BenchImportOptions& options, std::ostream& out);

}  // namespace rapidbyte::cli
