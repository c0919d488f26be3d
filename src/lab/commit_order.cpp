#include "lab/commit_order.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace rapidbyte::lab {
namespace {

struct Standing {
  std::string time;  // the latest of its own and its ancestors'
  size_t rank = 0;   // of equal times the ancestor has the smaller
};
using Standings = std::unordered_map<std::string, Standing>;

Standings StandingsOf(const std::vector<DatedCommit>& commits, const GitRepository& repository) {
  std::vector<std::string> shas;
  std::unordered_map<std::string, std::string> times;
  for (const DatedCommit& commit : commits) {
    std::string& latest = times[commit.sha];
    if (latest.empty()) shas.push_back(commit.sha);
    latest = std::max(latest, commit.time);
  }
  Standings standings;
  const auto lineage = repository.Lineage(shas);
  if (!lineage) return standings;
  for (const CommitParents& commit : *lineage) {
    Standing standing{times[commit.sha], standings.size() + 1};
    for (const std::string& parent : commit.parents) {
      const auto known = standings.find(parent);
      if (known != standings.end()) standing.time = std::max(standing.time, known->second.time);
    }
    standings[commit.sha] = standing;
  }
  return standings;
}

}  // namespace

std::vector<size_t> OrderOfCommits(const std::vector<DatedCommit>& commits, const GitRepository* repository) {
  const Standings standings = repository == nullptr ? Standings() : StandingsOf(commits, *repository);
  const auto key = [&](size_t index) {
    const DatedCommit& commit = commits[index];
    const auto known = standings.find(commit.sha);
    return known == standings.end() ? std::tuple(commit.time, size_t{0}, commit.time)
                                    : std::tuple(known->second.time, known->second.rank, commit.time);
  };
  std::vector<size_t> order(commits.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
  return order;
}

}  // namespace rapidbyte::lab
