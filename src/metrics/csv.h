// Records of delimiter-separated text, as RFC 4180 has it: quotes around a field, doubled inside it, line ends within
// quotes, CRLF or LF. The separator is ',', ';' or a tab. Empty lines are skipped. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::metrics {

struct CsvRecord {
  size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

// The separator that the first line has most of, outside of quotes; ',' where it has none.
char DetectSeparator(std::string_view text);

// Errors: kData with the line in the file `name`: a quote that is never closed, or text behind one.
Result<std::vector<CsvRecord>> ReadCsv(std::string_view text, char separator, std::string_view name);

}  // namespace rapidbyte::metrics
