// The order of measured commits: that of their history where a repository knows it, else that of the measuring.
#pragma once

#include <string>
#include <vector>

#include "lab/git_repository.h"

namespace rapidbyte::lab {

struct DatedCommit {
  std::string sha;
  std::string time;  // ISO 8601, when it was measured
};

// Indices into `commits`, the oldest first: by time, but no commit before one of its ancestors, however late that was
// measured. A commit that the repository does not know, or all without one (null), go by time alone; equal ones stay
// as they are.
std::vector<size_t> OrderOfCommits(const std::vector<DatedCommit>& commits, const GitRepository* repository);

}  // namespace rapidbyte::lab
