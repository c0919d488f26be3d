// What the laboratory asks a git repository: which commit a name means, which commits lie between two, and a commit of
// the working tree as it is.
//
// Nothing here changes the working tree, the index or a branch; WorkingTreeCommit adds objects that no ref names. All
// by the program `git`. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"

namespace rapidbyte::lab {

// The name under which the tree with its uncommitted changes is measured.
inline constexpr std::string_view kWorkingTree = "WORKTREE";

// What Rapidbyte itself leaves behind is no change of the tree that is measured. Globs, from the repository's top.
inline constexpr std::string_view kOwnFiles[] = {"target/bench_*/**", "target/profiles/**"};

struct CommitInfo {
  std::string sha;  // 40 hex digits
  std::string subject;
  std::string author_date;  // ISO 8601
  std::vector<std::string> parents;
};

struct CommitParents {
  std::string sha;
  std::vector<std::string> parents;
};

class GitRepository {
 public:
  // `folder` is any folder of the repository; it and `interrupt` (may be null) must outlive this. Errors:
  // kConfiguration where there is no repository, or no git.
  static Result<GitRepository> Open(const std::filesystem::path& folder, const Interrupt* interrupt);

  const std::filesystem::path& top() const { return top_; }

  // The full sha of a branch, a tag, a sha or its beginning, anything that git understands, or kWorkingTree. Errors:
  // kUsage for a name that is no commit, with the nearest branch or tag.
  Result<std::string> Resolve(const std::string& ref) const;

  // What is in the working tree and not ignored, new files too, as a commit on top of HEAD; HEAD itself where that is
  // the same. Equal trees on equal commits have equal shas.
  Result<std::string> WorkingTreeCommit() const;

  // From the first after `good` to `bad`, which is the last, along first parents. Errors: kUsage where `good` is no
  // ancestor of `bad`, or the same commit.
  Result<std::vector<std::string>> CommitsBetween(const std::string& good, const std::string& bad) const;

  // Those of `shas` that the repository has, and all commits between them; each after its parents, else by date.
  // Whatever is no whole sha of a commit is left out.
  Result<std::vector<CommitParents>> Lineage(const std::vector<std::string>& shas) const;

  Result<CommitInfo> Describe(const std::string& sha) const;

  // What git prints, without the last line feed. Errors: kInternal with git's own words; kInterrupted.
  Result<std::string> Run(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment = {}) const;

 private:
  GitRepository(std::filesystem::path top, const Interrupt* interrupt) : top_(std::move(top)), interrupt_(interrupt) {}

  std::filesystem::path top_;
  const Interrupt* interrupt_;
};

}  // namespace rapidbyte::lab
