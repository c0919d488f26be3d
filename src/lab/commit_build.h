// Builds commits of a repository side by side, each in a working tree of its own, and keeps what was built.
//
// A build is kept by commit and build command in `<cache>/<sha>-<hash>`: a detached `git worktree`, so that builds that
// ask git, and submodules, find what they look for. Beside it lie its log, its lock and, from the moment that it is
// finished, its marker: a build that was killed half-way has none and is done anew. The user's working tree, index and
// branches are never touched. Deleting the cache's folder is safe at any time. Several processes may build at once; two
// that want the same build do it once.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "lab/git_repository.h"
#include "lab/interrupt.h"

namespace rapidbyte::lab {

struct BuildRecipe {
  std::string command = "./dev build";                        // a line for sh, run at the top of the tree
  std::filesystem::path product = "build/release/rapidbyte";  // what it makes, relative to the tree
};

struct BuildSettings {
  BuildRecipe recipe;
  std::filesystem::path cache = "target/bench_builds";  // relative to the working directory
  const Interrupt* interrupt = nullptr;
  // Runs one part that takes a while; the caller may show it. `what`: "building 8f2a91c03d".
  std::function<Status(const std::string& what, const std::function<Status()>& part)> step;
};

struct BuiltCommit {
  std::string sha;                   // 40 hex digits
  std::filesystem::path executable;  // absolute
  std::filesystem::path worktree;    // absolute
  bool was_cached = false;           // nothing was built
};

// `sha` is whole: GitRepository::Resolve. Errors: kConfiguration for a command that fails, or that does not
// make the product, with the log's path and its last lines as the hint; kInternal for the disk; kInterrupted.
Result<BuiltCommit> BuildCommit(const GitRepository& repository, const std::string& sha, const BuildSettings& settings);

}  // namespace rapidbyte::lab
