// `rapidbyte bench export`: the laboratory's samples as JSON lines or comma-separated values.
//
// A file is written under another name first and renamed when it is whole. docs/formats/store.md has both formats.
#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>

#include "base/result.h"
#include "cli/options.h"

namespace rapidbyte::cli {

enum class ExportFormat { kJsonLines, kCsv };

struct BenchExportOptions {
  ExportFormat format = ExportFormat::kJsonLines;
  std::optional<std::string> campaign;  // its id or the beginning of it; nothing: all campaigns, the oldest first
  std::string store = "target/bench_results/results.db";  // a file or a PostgreSQL server
  std::filesystem::path output;                           // empty: the given stream
};

// Adds `export` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchExport(Command bench, BenchExportOptions& options);

// Writes to `out` unless the options name a file. Returns the number of samples. Errors: kConfiguration for a store
// that is missing, foreign or of a newer version, kUsage for an unknown campaign, kInternal for the disk.
Result<size_t> ExportSamples(const BenchExportOptions& options, std::ostream& out);

}  // namespace rapidbyte::cli
