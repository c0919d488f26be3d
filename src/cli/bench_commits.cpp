#include "cli/bench_commits.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/commit_order.h"
#include "lab/git_repository.h"
#include "record/cell_key.h"

namespace rapidbyte::cli {
namespace {

std::vector<size_t> Order(const std::vector<lab::DatedCommit>& commits) {
  const auto repository = lab::GitRepository::Open(".", nullptr);
  return lab::OrderOfCommits(commits, repository ? &*repository : nullptr);
}

}  // namespace

Result<std::vector<store::CommitRow>> CommitsInOrder(store::SampleStore& store) {
  RB_ASSIGN(std::vector<store::CommitRow> rows, store.Commits());
  std::reverse(rows.begin(), rows.end());
  std::vector<lab::DatedCommit> commits;
  for (const store::CommitRow& row : rows) commits.push_back({row.git_sha, row.measured_at});
  std::vector<store::CommitRow> ordered;
  for (const size_t index : Order(commits)) ordered.push_back(std::move(rows[index]));
  return ordered;
}

Result<store::CommitSamples> SamplesOfCommit(store::SampleStore& store, const std::string& commit,
                                             const store::SampleFilter& filter) {
  auto found = store.SamplesOfCommits({commit}, filter);
  if (!found) {
    const auto repository = lab::GitRepository::Open(".", nullptr);
    const auto sha = repository ? repository->Resolve(commit) : Fail(repository.error());
    if (!sha) return Fail(found.error());
    RB_ASSIGN(found, store.SamplesOfCommits({*sha}, filter));
  }
  return std::move(found->front());
}

std::string MeasuredTree(const store::HistoryRow& row) {
  const bool is_known = !row.git_sha.empty() && row.git_sha != "unknown";
  return is_known && !row.git_dirty ? row.git_sha : row.campaign_id;
}

std::map<std::string, size_t> PlacesOfTrees(const std::vector<store::HistoryRow>& rows) {
  std::map<std::string, size_t> index_of;
  std::vector<std::string> trees;
  std::vector<lab::DatedCommit> commits;
  for (const store::HistoryRow& row : rows) {
    const std::string tree = MeasuredTree(row);
    const auto [known, is_new] = index_of.emplace(tree, trees.size());
    if (is_new) {
      trees.push_back(tree);
      commits.push_back({row.git_sha, row.started_at});
    }
    std::string& first = commits[known->second].time;
    first = std::min(first, row.started_at);
  }
  std::map<std::string, size_t> places;
  for (const size_t index : Order(commits)) places.emplace(trees[index], places.size());
  return places;
}

Result<std::string> NoteOfUnmeasuredHead(store::SampleStore& store, const std::string& candidate) {
  const auto repository = lab::GitRepository::Open(".", nullptr);
  const auto head = repository ? repository->Resolve("HEAD") : Fail(repository.error());
  if (!head) return std::string();
  RB_ASSIGN(const std::vector<store::CommitRow> rows, store.Commits());
  const bool is_measured =
      std::any_of(rows.begin(), rows.end(), [&](const store::CommitRow& row) { return row.git_sha == *head; });
  if (is_measured) return std::string();
  return fmt::format("HEAD ({}) was not measured: {}, the last commit in the store, is judged instead",
                     record::ShortCommit(*head), record::ShortCommit(candidate));
}

}  // namespace rapidbyte::cli
