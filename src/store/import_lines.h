// Reads a file of results.jsonl's lines into a store: all of it or, after an error, nothing.
//
// A sample whose place is taken in the store stays as it is and is counted; where a place occurs twice in the file, the
// last line stands (store.md). A campaign that the store has not got comes from its lines; where they do not say when
// it finished, it finished with its last sample, so that nobody resumes it. Streams the file. One thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sample_store.h"

namespace rapidbyte::store {

struct ImportResult {
  size_t imported = 0;                // samples that were not there
  size_t skipped = 0;                 // lines whose place is taken
  size_t campaigns = 0;               // that were not there
  std::vector<std::string> warnings;  // one for each torn line
};

// A line that a killed writer left half is a warning: it begins as an object and ends before its end. Any other line
// that is no sample is kConfiguration, naming FILE:LINE. Errors of the store as in SampleStore.
Result<ImportResult> ImportLines(SampleStore& store, const std::filesystem::path& file);

}  // namespace rapidbyte::store
