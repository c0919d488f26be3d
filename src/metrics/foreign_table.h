// Measurements that another tool wrote, in one form: series of numbers, each under its cell and metric.
//
// Read from CSV, Google Benchmark's JSON, `go test -bench` text and hyperfine's JSON; which of them a file is, its
// content tells. A row is one independent run, in the order of the file. Times are in seconds but for CSV, whose
// columns say what they are. Pure: the caller reads the file. Any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::metrics {

enum class ForeignFormat { kCsv, kGoogleBenchmark, kGoBenchmark, kHyperfine };
std::string_view FormatName(ForeignFormat format);

struct ForeignRow {
  size_t line = 0;     // of the file, from 1; 0: JSON
  std::string time;    // the text of the time column, or empty
  std::string commit;  // of the commit column, or empty
};

struct ForeignSeries {
  std::map<std::string, std::string> cell;
  std::string metric;
  std::string unit;  // empty where nobody says
  bool lower_is_better = true;
  std::vector<double> values;
  std::vector<size_t> rows;  // which row each value is of; ascending
};

struct ForeignTable {
  ForeignFormat format = ForeignFormat::kCsv;
  std::vector<ForeignRow> rows;
  std::vector<ForeignSeries> series;  // in the order of the file, none empty
  std::vector<std::string> warnings;  // benchmarks that failed, for example
};

// How to read the columns of a CSV. The other formats say themselves what they hold; of these options only `metrics`
// matters to them, as the metrics to keep.
struct ForeignOptions {
  std::string time_column;                             // empty: time, date, timestamp or datetime, if it holds such
  std::string commit_column;                           // empty: commit, sha or git_sha, where there is one
  std::vector<std::string> metrics;                    // empty: every column of numbers
  std::optional<std::vector<std::string>> dimensions;  // nothing: every column that is not of numbers only
};

// The format, or nothing where the text is none of them: our own results, another JSON, or no text.
std::optional<ForeignFormat> DetectFormat(std::string_view text);

// `name` is the file's, for the errors. Errors: kData ("name:line: what"); kConfiguration for a column or metric of
// the options that is not there, with the nearest name.
Result<ForeignTable> ReadForeignTable(std::string_view text, std::string_view name, const ForeignOptions& options = {});

// The rows' numbers in the order of their times: as numbers where all are numbers, as points in time where all are
// ISO 8601 (UTC where they have no zone), otherwise as text. Rows of equal time keep their order.
std::vector<size_t> OrderByTime(const std::vector<ForeignRow>& rows);

// Seconds since 1970 of an ISO 8601 date, with or without a time and a zone, or nothing.
std::optional<double> ParseIsoTime(std::string_view text);

}  // namespace rapidbyte::metrics
