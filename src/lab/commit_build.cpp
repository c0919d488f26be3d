#include "lab/commit_build.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <system_error>

#include "base/fnv1a.h"
#include "lab/subprocess.h"
#include "os/file_descriptor.h"
#include "record/cell_key.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr int kLockPollMillis = 200;
constexpr size_t kLogLines = 5;  // of a failed build, in its error

// Where everything of one build lies.
struct Places {
  fs::path tree, log, lock, marker;
};

Result<Places> PlacesOf(const std::string& sha, const BuildSettings& settings) {
  std::error_code error;
  const fs::path cache = fs::absolute(settings.cache, error).lexically_normal();
  fs::create_directories(cache, error);
  if (error) {
    return Fail(ErrorCode::kInternal, fmt::format("cannot make the folder {}: {}", cache.string(), error.message()));
  }
  // Else the builds would be new files in the user's repository, and in the next WORKTREE.
  if (const fs::path ignore = cache / ".gitignore"; !fs::exists(ignore, error)) std::ofstream(ignore) << "*\n";
  Fnv1a hash;
  hash.Add(settings.recipe.command);
  const fs::path tree = cache / fmt::format("{}-{}", sha, hash.Hex().substr(0, 8));
  return Places{tree, tree.string() + ".log", tree.string() + ".lock", tree.string() + ".built"};
}

Status Wait(const os::FileDescriptor& lock, const Interrupt* interrupt) {
  while (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return Fail(ErrorCode::kInternal, "cannot lock a build: " + std::generic_category().message(errno));
    }
    pollfd wish{interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0};
    poll(&wish, 1, kLockPollMillis);
    if (interrupt != nullptr && interrupt->triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
  }
  return {};
}

// Held until it is closed, also by the end of the process.
Result<os::FileDescriptor> Lock(const fs::path& file, const BuildSettings& settings) {
  os::FileDescriptor lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock.get() < 0) {
    return Fail(ErrorCode::kInternal,
                fmt::format("cannot make {}: {}", file.string(), std::generic_category().message(errno)));
  }
  if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  RB_TRY(settings.step("waiting for another process that builds it", [&] { return Wait(lock, settings.interrupt); }));
  return lock;
}

bool IsProgram(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
}

Status CheckOut(const GitRepository& repository, const std::string& sha, const Places& places) {
  std::error_code error;
  fs::remove(places.marker, error);
  fs::remove_all(places.tree, error);
  if (error) {
    return Fail(ErrorCode::kInternal,
                fmt::format("cannot remove the unfinished build {}: {}", places.tree.string(), error.message()));
  }
  // --force: git may still know of a tree at this place, which was deleted without telling it.
  auto added = repository.Run({"worktree", "add", "--force", "--detach", places.tree.string(), sha});
  if (!added) return Context("checking out " + record::ShortCommit(sha), added.error());
  return {};
}

std::string LastLines(const fs::path& file) {
  std::ifstream in(file);
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    lines.push_back(std::move(line));
    if (lines.size() > kLogLines) lines.pop_front();
  }
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

std::string LogHint(const Places& places) {
  return fmt::format("the whole log is in {}; its end:{}", places.log.string(), LastLines(places.log));
}

// A compiler cache may then answer for files that another commit's tree has too. Who set these keeps what they set.
void ShareCompilerCache(const fs::path& tree, Command& command) {
  if (std::getenv("CCACHE_BASEDIR") == nullptr) command.environment["CCACHE_BASEDIR"] = tree.string();
  if (std::getenv("CCACHE_NOHASHDIR") == nullptr) command.environment["CCACHE_NOHASHDIR"] = "1";
}

Status RunBuild(const std::string& sha, const BuildSettings& settings, const Places& places) {
  Command command;
  // Git's own variables, set where a hook runs us, would point the build to the user's repository.
  const std::string line = "exec >\"$0\" 2>&1; unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE\n" + settings.recipe.command;
  command.argv = {"sh", "-c", line, places.log.string()};
  command.working_directory = places.tree;
  ShareCompilerCache(places.tree, command);
  RB_ASSIGN(const SubprocessResult run, RunSubprocess(command, {.interrupt = settings.interrupt}));
  if (run.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (run.exit_code == 0) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("building {}: \"{}\" exited with {}", record::ShortCommit(sha), settings.recipe.command,
                          run.exit_code),
              LogHint(places));
}

// Renamed into place: it is there with its content, or not at all.
Status Mark(const Places& places, const BuildRecipe& recipe) {
  const fs::path partial = places.marker.string() + ".partial";
  std::ofstream out(partial, std::ios::trunc);
  out << recipe.command << '\n' << std::flush;
  out.close();
  std::error_code error;
  if (out) fs::rename(partial, places.marker, error);
  if (out && !error) return {};
  return Fail(ErrorCode::kInternal, "cannot write " + places.marker.string());
}

}  // namespace

Result<BuiltCommit> BuildCommit(const GitRepository& repository, const std::string& sha,
                                const BuildSettings& settings) {
  RB_ASSIGN(const Places places, PlacesOf(sha, settings));
  RB_ASSIGN(const os::FileDescriptor lock, Lock(places.lock, settings));
  BuiltCommit built{sha, places.tree / settings.recipe.product, places.tree, true};
  std::error_code ignored;
  if (fs::exists(places.marker, ignored) && IsProgram(built.executable)) return built;

  built.was_cached = false;
  const auto build = [&]() -> Status {
    RB_TRY(CheckOut(repository, sha, places));
    return RunBuild(sha, settings, places);
  };
  RB_TRY(settings.step("building " + record::ShortCommit(sha), build));
  if (!IsProgram(built.executable)) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("building {}: \"{}\" made no program {}", record::ShortCommit(sha), settings.recipe.command,
                            settings.recipe.product.string()),
                "--binary names what the build makes; " + LogHint(places));
  }
  RB_TRY(Mark(places, settings.recipe));
  return built;
}

}  // namespace rapidbyte::lab
