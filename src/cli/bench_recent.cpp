#include "cli/bench_recent.h"

#include <fmt/format.h>

#include <algorithm>

namespace rapidbyte::cli {
namespace {

using store::CommitRow;
using Rows = std::set<record::CellKey>;

constexpr size_t kMostNamed = 3;

std::string Name(const CommitRow& commit) {
  const std::string sha = record::ShortCommit(commit.git_sha);
  return commit.git_branch.empty() ? sha : fmt::format("{} ({})", sha, commit.git_branch);
}

Rows RowsOf(const std::set<store::MeasuredCell>& cells, const RowOf& row_of) {
  Rows rows;
  for (const store::MeasuredCell& cell : cells) {
    if (auto row = row_of(cell)) rows.insert(*std::move(row));
  }
  return rows;
}

struct CommitRows {
  const CommitRow* commit;
  Rows good, failed;
};

// The newest first, without those that have no row.
std::vector<CommitRows> WithRows(const std::vector<CommitRow>& commits, const RowOf& row_of) {
  std::vector<CommitRows> all;
  for (auto commit = commits.rbegin(); commit != commits.rend(); ++commit) {
    CommitRows rows{&*commit, RowsOf(commit->cells, row_of), RowsOf(commit->failed_in, row_of)};
    if (!rows.good.empty() || !rows.failed.empty()) all.push_back(std::move(rows));
  }
  return all;
}

bool Meet(const Rows& one, const Rows& other) {
  return std::any_of(one.begin(), one.end(), [&](const record::CellKey& row) { return other.contains(row); });
}

tl::unexpected<Error> AllFailed(const std::string& runs) {
  return Fail(ErrorCode::kUsage, fmt::format("all runs of {} failed", runs),
              "`rapidbyte bench export` has the outcome of every run; to compare others, name them");
}

// `passed`: the newest first.
std::string PassedOver(const std::vector<const CommitRow*>& passed, const std::string& other) {
  if (passed.empty()) return {};
  std::string names;
  for (size_t i = 0; i < std::min(passed.size(), kMostNamed); ++i) names += (i == 0 ? "" : ", ") + Name(*passed[i]);
  if (passed.size() > kMostNamed) names += fmt::format(" and {} more", passed.size() - kMostNamed);
  return fmt::format("passed over, without a good run of a cell that {} has too: {}", other, names);
}

}  // namespace

Result<RecentCommits> NewestComparable(const std::vector<CommitRow>& commits, size_t count, const RowOf& row_of) {
  const std::vector<CommitRows> all = WithRows(commits, row_of);
  if (all.empty()) return RecentCommits();
  const CommitRows& newest = all.front();
  const std::string name = Name(*newest.commit);
  if (newest.good.empty()) return AllFailed(name + ", the last commit in the store,");
  std::vector<const CommitRow*> taken, passed;
  size_t passed_before_taken = 0;
  for (const CommitRows& rows : all) {
    if (taken.size() == count) break;
    const bool meets = Meet(rows.good, newest.good);
    (meets ? taken : passed).push_back(rows.commit);
    if (meets) passed_before_taken = passed.size();
  }
  if (taken.size() == 1 && !passed.empty()) {
    return Fail(ErrorCode::kUsage,
                fmt::format("no earlier commit has a good run of a cell that {}, the last in the store, has", name),
                fmt::format("measure {} with the same scenario, or name two sides", Name(*passed.front())));
  }
  passed.resize(passed_before_taken);
  RecentCommits recent{{}, PassedOver(passed, name)};
  for (auto commit = taken.rbegin(); commit != taken.rend(); ++commit) recent.shas.push_back((*commit)->git_sha);
  return recent;
}

Result<RecentCommits> NewestWith(const std::vector<CommitRow>& commits, const Rows& rows, const std::string& baseline,
                                 const RowOf& row_of) {
  std::vector<const CommitRow*> passed;
  for (const CommitRows& own : WithRows(commits, row_of)) {
    if (Meet(own.good, rows)) return RecentCommits{{own.commit->git_sha}, PassedOver(passed, baseline)};
    if (Meet(own.failed, rows)) {
      return AllFailed(fmt::format("{} in the cells that {} has", Name(*own.commit), baseline));
    }
    passed.push_back(own.commit);
  }
  return Fail(ErrorCode::kUsage, fmt::format("no commit in the store has a cell in common with {}", baseline),
              "measure one with the same scenario, or name the candidate");
}

}  // namespace rapidbyte::cli
