#include "lab/git_repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "base/nearest_name.h"
#include "lab/subprocess.h"
#include "os/temporary_folder.h"
#include "record/cell_key.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr size_t kShaDigits = 40;  // or 64
constexpr size_t kOutputBytes = size_t{64} << 20;

using Environment = std::map<std::string, std::string>;

Result<SubprocessResult> Git(const fs::path& folder, const std::vector<std::string>& arguments,
                             const Environment& environment, const Interrupt* interrupt) {
  Command command;
  // Hooks are the user's, for the user's own checkouts.
  command.argv = {"git", "-c", "core.hooksPath=/dev/null", "--no-optional-locks"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = environment;
  command.environment["LC_ALL"] = "C";
  command.working_directory = folder;
  RB_ASSIGN(SubprocessResult run, RunSubprocess(command, {.output_bytes = kOutputBytes, .interrupt = interrupt}));
  if (run.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  run.out.erase(run.out.find_last_not_of('\n') + 1);
  return run;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool IsWholeSha(const std::string& text) {
  return text.size() >= kShaDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The same for the same parent, so that an unchanged tree has an unchanged sha.
Environment FixedIdentity(const std::string& date) {
  return {{"GIT_AUTHOR_NAME", "rapidbyte"},    {"GIT_AUTHOR_EMAIL", "rapidbyte@localhost"},
          {"GIT_COMMITTER_NAME", "rapidbyte"}, {"GIT_COMMITTER_EMAIL", "rapidbyte@localhost"},
          {"GIT_AUTHOR_DATE", date},           {"GIT_COMMITTER_DATE", date}};
}

}  // namespace

Result<GitRepository> GitRepository::Open(const fs::path& folder, const Interrupt* interrupt) {
  const fs::path here = folder.empty() ? fs::path(".") : folder;
  RB_ASSIGN(const SubprocessResult run, Git(here, {"rev-parse", "--show-toplevel"}, {}, interrupt));
  if (run.exit_code == 0) return GitRepository(run.out, interrupt);
  std::error_code ignored;
  return Fail(
      ErrorCode::kConfiguration,
      fmt::format("{}: no git repository with a working tree: {}", fs::absolute(here, ignored).string(), LastLine(run)),
      "commits are built from the repository of the working directory");
}

Result<std::string> GitRepository::Run(const std::vector<std::string>& arguments,
                                       const Environment& environment) const {
  RB_ASSIGN(const SubprocessResult run, Git(top_, arguments, environment, interrupt_));
  if (run.exit_code == 0) return run.out;
  return Fail(ErrorCode::kInternal, fmt::format("git {} failed: {}", arguments[0], LastLine(run)));
}

Result<std::string> GitRepository::Resolve(const std::string& ref) const {
  if (ref == kWorkingTree) return WorkingTreeCommit();
  const std::vector<std::string> ask{"rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}"};
  RB_ASSIGN(const SubprocessResult run, Git(top_, ask, {}, interrupt_));
  if (run.exit_code == 0) return run.out;
  RB_ASSIGN(const std::string refs,
            Run({"for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes"}));
  std::vector<std::string> names = Lines(refs);
  names.emplace_back("HEAD");
  names.emplace_back(kWorkingTree);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = NearestName(ref, views);
  return Fail(ErrorCode::kUsage, fmt::format("\"{}\" is no commit of {}", ref, top_.string()),
              nearest.empty() ? fmt::format("name a branch, a tag, a sha, or {} for the tree as it is", kWorkingTree)
                              : fmt::format("did you mean \"{}\"?", nearest));
}

// By an index of its own: the user's is only read.
Result<std::string> GitRepository::WorkingTreeCommit() const {
  RB_ASSIGN(const os::TemporaryFolder folder, os::TemporaryFolder::Make());
  RB_ASSIGN(const std::string own_index, Run({"rev-parse", "--git-path", "index"}));
  const fs::path index = folder.path() / "index";
  std::error_code error;
  if (fs::exists(top_ / own_index, error)) fs::copy_file(top_ / own_index, index, error);
  if (error) return Fail(ErrorCode::kInternal, "cannot copy git's index: " + error.message());
  const Environment by_index{{"GIT_INDEX_FILE", index.string()}};
  RB_TRY(Run({"add", "--all", "--", ":/"}, by_index));
  // Not by excluding them above: git takes that for naming them, and refuses where they are ignored.
  std::vector<std::string> reset = {"reset", "--quiet", "HEAD", "--"};
  for (const std::string_view files : kOwnFiles) reset.push_back(fmt::format(":(top,glob){}", files));
  RB_TRY(Run(reset, by_index));
  RB_ASSIGN(const std::string tree, Run({"write-tree"}, by_index));
  RB_ASSIGN(const std::string head, Run({"rev-parse", "HEAD"}));
  RB_ASSIGN(const std::string head_tree, Run({"rev-parse", "HEAD^{tree}"}));
  if (tree == head_tree) return head;
  RB_ASSIGN(const std::string date, Run({"show", "--no-patch", "--format=%cI", head}));
  return Run({"commit-tree", tree, "-p", head, "-m", "The working tree as it was measured"}, FixedIdentity(date));
}

Result<std::vector<std::string>> GitRepository::CommitsBetween(const std::string& good, const std::string& bad) const {
  if (good == bad) return Fail(ErrorCode::kUsage, "both ends are the same commit, " + record::ShortCommit(good));
  RB_ASSIGN(const SubprocessResult run, Git(top_, {"merge-base", "--is-ancestor", good, bad}, {}, interrupt_));
  if (run.exit_code != 0) {
    return Fail(ErrorCode::kUsage,
                fmt::format("{} is no ancestor of {}: no commits lead from one to the other", record::ShortCommit(good),
                            record::ShortCommit(bad)),
                "the good commit comes first, the bad one second");
  }
  RB_ASSIGN(const std::string list, Run({"rev-list", "--first-parent", "--reverse", good + ".." + bad}));
  return Lines(list);
}

Result<std::vector<CommitParents>> GitRepository::Lineage(const std::vector<std::string>& shas) const {
  std::vector<std::string> ask{"rev-list", "--no-walk=unsorted", "--ignore-missing"};
  std::copy_if(shas.begin(), shas.end(), std::back_inserter(ask), IsWholeSha);
  if (std::none_of(shas.begin(), shas.end(), IsWholeSha)) return std::vector<CommitParents>();
  RB_ASSIGN(const std::string listed, Run(ask));
  const std::vector<std::string> known = Lines(listed);
  if (known.empty()) return std::vector<CommitParents>();
  // From the newest common ancestor on; from the beginning where there is none.
  std::vector<std::string> ask_base{"merge-base", "--octopus"};
  ask_base.insert(ask_base.end(), known.begin(), known.end());
  RB_ASSIGN(const SubprocessResult base, Git(top_, ask_base, {}, interrupt_));
  ask = {"rev-list", "--date-order", "--reverse", "--parents"};
  ask.insert(ask.end(), known.begin(), known.end());
  if (base.exit_code == 0) ask.push_back("^" + Lines(base.out).front() + "^@");
  RB_ASSIGN(const std::string list, Run(ask));
  std::vector<CommitParents> lineage;
  for (const std::string& line : Lines(list)) {
    std::istringstream words(line);
    CommitParents& commit = lineage.emplace_back();
    words >> commit.sha;
    for (std::string parent; words >> parent;) commit.parents.push_back(parent);
  }
  return lineage;
}

Result<CommitInfo> GitRepository::Describe(const std::string& sha) const {
  RB_ASSIGN(const std::string text, Run({"show", "--no-patch", "--format=%H%n%aI%n%P%n%s", sha}));
  std::vector<std::string> lines = Lines(text);
  lines.resize(4);
  CommitInfo commit{lines[0], lines[3], lines[1], {}};
  std::istringstream parents(lines[2]);
  for (std::string parent; parents >> parent;) commit.parents.push_back(parent);
  return commit;
}

}  // namespace rapidbyte::lab
