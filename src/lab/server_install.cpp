#include "lab/server_install.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <system_error>

#include "lab/subprocess.h"
#include "lab/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianBin = "/usr/lib/postgresql/15/bin";
constexpr const char* kServerUser = "postgres";
constexpr double kInitdbTimeoutSecs = 120;
// Counts the changes of how a template is made; part of its name.
constexpr int kTemplateLayout = 1;

bool HasServer(const fs::path& bin) {
  return access((bin / "postgres").c_str(), X_OK) == 0 && access((bin / "initdb").c_str(), X_OK) == 0;
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

fs::path BinOfPgConfig() {
  const auto run = RunSuccessfully({.argv = {"pg_config", "--bindir"}, .environment = {}, .working_directory = {}});
  return run ? fs::path(FirstLine(run->out)) : fs::path();
}

fs::path BinOfPath() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty() && HasServer(folder)) return folder;
  }
  return {};
}

// "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)" → "15.14"
Result<std::string> VersionOf(const fs::path& bin) {
  RB_ASSIGN(const SubprocessResult run,
            RunSuccessfully(
                {.argv = {(bin / "postgres").string(), "--version"}, .environment = {}, .working_directory = {}}));
  std::istringstream words(run.out);
  std::string program, product, version;
  words >> program >> product >> version;
  if (version.empty())
    return Fail(ErrorCode::kConfiguration, (bin / "postgres").string() + " does not say its version");
  return version;
}

Status FileError(const std::string& what, const fs::path& path, const std::error_code& error) {
  return Fail(ErrorCode::kInternal, fmt::format("cannot {} {}: {}", what, path.string(), error.message()));
}

std::vector<std::string> InitdbCommand(const ServerInstall& install, const ServerAccount& account,
                                       const fs::path& data) {
  std::vector<std::string> argv = account.prefix;
  argv.insert(argv.end(), {(install.bin / "initdb").string(), "--pgdata", data.string(), "--username", "postgres",
                           "--auth-local", "trust", "--auth-host", "scram-sha-256", "--encoding", "UTF8",
                           // Bytewise order, the same on each machine.
                           "--locale", "C.UTF-8",
                           // It can be made again at any time.
                           "--no-sync"});
  return argv;
}

// Only here is a cluster initialised: in a folder that the account may enter, which the cache need not be.
Status InitialiseInto(const fs::path& cached, const ServerInstall& install, const ServerAccount& account,
                      const Interrupt* interrupt) {
  RB_ASSIGN(const TemporaryFolder work, TemporaryFolder::Make());
  if (chown(work.path().c_str(), account.uid, account.gid) != 0) {
    return FileError("hand over", work.path(), {errno, std::generic_category()});
  }
  const Command initdb{.argv = InitdbCommand(install, account, work.path() / "data"),
                       .environment = {{"LC_ALL", "C.UTF-8"}},
                       .working_directory = work.path()};
  const auto run = RunSuccessfully(initdb, {.timeout_secs = kInitdbTimeoutSecs, .interrupt = interrupt});
  if (!run && run.error().code == ErrorCode::kInterrupted) return Fail(run.error());
  if (!run) {
    return Fail(ErrorCode::kConfiguration, "cannot make a PostgreSQL cluster: " + run.error().message,
                "is there room in the temporary folder?");
  }
  fs::path staged = cached;
  staged += fmt::format(".{}.partial", getpid());
  RB_TRY(CopyTree(work.path() / "data", staged, geteuid(), getegid()));
  std::error_code error, ignored;
  fs::rename(staged, cached, error);
  if (!error || fs::exists(cached, ignored)) {  // made by another process meanwhile: just as good
    fs::remove_all(staged, ignored);
    return {};
  }
  return FileError("make", cached, error);
}

Status CopyEntry(const fs::directory_entry& entry, const fs::path& to, uid_t owner, gid_t group) {
  std::error_code error;
  if (entry.is_symlink()) {
    fs::copy_symlink(entry.path(), to, error);
  } else if (entry.is_directory()) {
    fs::create_directory(to, entry.path(), error);
  } else {
    fs::copy_file(entry.path(), to, error);
  }
  if (error) return FileError("write", to, error);
  if (lchown(to.c_str(), owner, group) != 0) return FileError("hand over", to, {errno, std::generic_category()});
  return {};
}

}  // namespace

Result<ServerAccount> FindServerAccount() {
  if (geteuid() != 0) return ServerAccount{geteuid(), getegid(), {}};
  const passwd* entry = getpwnam(kServerUser);
  if (entry == nullptr) {
    return Fail(ErrorCode::kConfiguration, "PostgreSQL does not run as root, and there is no user \"postgres\"",
                "run as an ordinary user, or ./dev setup");
  }
  const std::string user = std::to_string(entry->pw_uid), group = std::to_string(entry->pw_gid);
  // The server ends when its parent does; changing users would forget that, so it is asked for here.
  return ServerAccount{entry->pw_uid,
                       entry->pw_gid,
                       {"setpriv", "--reuid", user, "--regid", group, "--init-groups", "--pdeathsig", "QUIT", "--"}};
}

Result<ServerInstall> FindServerInstall() {
  for (const fs::path& bin : {fs::path(kDebianBin), BinOfPgConfig(), BinOfPath()}) {
    if (bin.empty() || !HasServer(bin)) continue;
    RB_ASSIGN(const std::string version, VersionOf(bin));
    return ServerInstall{bin, version};
  }
  return Fail(ErrorCode::kConfiguration,
              fmt::format("no PostgreSQL server is installed: neither in {} nor where "
                          "pg_config and the PATH point to",
                          kDebianBin),
              "./dev setup installs it; or name a running server with --dsn");
}

fs::path CacheFolder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? fs::path(value) : fs::path();
  };
  if (fs::path folder = variable("RAPIDBYTE_CACHE_DIR"); !folder.empty()) return folder;
  if (const fs::path folder = variable("XDG_CACHE_HOME"); !folder.empty()) return folder / "rapidbyte";
  if (const fs::path home = variable("HOME"); !home.empty()) return home / ".cache/rapidbyte";
  return fmt::format("/var/tmp/rapidbyte-{}", geteuid());
}

Result<fs::path> TemplateData(const ServerInstall& install, const ServerAccount& account, const Interrupt* interrupt) {
  const fs::path folder = CacheFolder() / "postgres";
  const fs::path cached = folder / fmt::format("template-{}-{}", install.version, kTemplateLayout);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Fail(FileError("make", folder, error).error());
  struct stat made {};
  if (stat(folder.c_str(), &made) != 0 || made.st_uid != geteuid()) {
    return Fail(ErrorCode::kConfiguration, folder.string() + " belongs to another user",
                "name a cache of your own: RAPIDBYTE_CACHE_DIR");
  }
  if (!fs::exists(cached, error)) RB_TRY(InitialiseInto(cached, install, account, interrupt));
  return cached;
}

Status CopyTree(const fs::path& from, const fs::path& to, uid_t owner, gid_t group) {
  std::error_code error;
  RB_TRY(CopyEntry(fs::directory_entry(from, error), to, owner, group));
  auto entries = fs::recursive_directory_iterator(from, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    RB_TRY(CopyEntry(*entries, to / entries->path().lexically_relative(from), owner, group));
  }
  if (error) return FileError("read", from, error);
  return {};
}

}  // namespace rapidbyte::lab
