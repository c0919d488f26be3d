// Which commits the store has, in their order, as the repository of the working directory knows them.
//
// Outside of a repository everything goes by the time of measuring.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {

// All of the store's commits, the oldest first.
Result<std::vector<store::CommitRow>> CommitsInOrder(store::SampleStore& store);

// A commit by what the store knows, or else by any name that git knows. Errors: as SampleStore::SamplesOfCommits.
Result<store::CommitSamples> SamplesOfCommit(store::SampleStore& store, const std::string& commit,
                                             const store::SampleFilter& filter);

// What a row measured: its commit; for changed trees and outside of a repository, where no sha says it, the campaign's
// tree of that time.
std::string MeasuredTree(const store::HistoryRow& row);

// Of all trees, where they stand: the oldest is 0. `rows` may come in any order.
std::map<std::string, size_t> PlacesOfTrees(const std::vector<store::HistoryRow>& rows);

// A sentence where HEAD is not among the store's commits, of which the last is taken for `candidate`; empty where it
// is, and outside of a repository.
Result<std::string> NoteOfUnmeasuredHead(store::SampleStore& store, const std::string& candidate);

}  // namespace rapidbyte::cli
