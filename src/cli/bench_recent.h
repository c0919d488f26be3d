// Which of the store's commits are meant where nobody names them: the newest that have a cell in common. Pure.
//
// A commit all of whose runs failed is not passed over for an older one: nobody would notice that it is broken.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {

// A cell's row in the comparison to come; nothing for a cell that is left out.
using RowOf = std::function<std::optional<record::CellKey>(const store::MeasuredCell&)>;

struct RecentCommits {
  std::vector<std::string> shas;  // the oldest first
  std::string note;               // of commits that were passed over; empty where none was
};

// The newest of `commits` (the oldest first) that has a row, and before it the newest that have one in common with it:
// `count` in all, or as many as there are. Errors: kUsage where the newest one's runs all failed, and where others have
// rows but none in common with it.
Result<RecentCommits> NewestComparable(const std::vector<store::CommitRow>& commits, size_t count, const RowOf& row_of);

// The newest that has one of `rows`, those of `baseline`. Errors: kUsage where none has, and where its runs of them all
// failed.
Result<RecentCommits> NewestWith(const std::vector<store::CommitRow>& commits, const std::set<record::CellKey>& rows,
                                 const std::string& baseline, const RowOf& row_of);

}  // namespace rapidbyte::cli
