#include "lab/server_install.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <system_error>

#include "lab/subprocess.h"
#include "os/cache_folder.h"
#include "os/temporary_folder.h"
#include "os/trusted_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianBin = "/usr/lib/postgresql/15/bin";
constexpr const char* kServerUser = "postgres";
constexpr double kInitdbTimeoutSecs = 120;
// Counts the changes of how a template is made; part of its name.
constexpr int kTemplateLayout = 2;

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

tl::unexpected<Error> FileError(const std::string& what, const fs::path& path, const std::error_code& error) {
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

// Puts the archive of a new cluster to `archive`.
Status InitialiseInto(const fs::path& archive, const ServerInstall& install, const ServerAccount& account,
                      const Interrupt* interrupt) {
  RB_ASSIGN(const os::TemporaryFolder work, os::TemporaryFolder::Make());
  RB_ASSIGN(const fs::path folder, MakeServerFolder(work.path(), account));
  const SubprocessLimits limits{.timeout_secs = kInitdbTimeoutSecs, .interrupt = interrupt};
  const Command initdb{.argv = InitdbCommand(install, account, folder / "data"),
                       .environment = {{"LC_ALL", "C.UTF-8"}},
                       .working_directory = "/"};
  auto run = RunSuccessfully(initdb, limits);
  fs::path draft = archive;
  draft += fmt::format(".{}.partial", os::RandomHex(4));
  if (run) {
    Command pack{.argv = account.prefix, .environment = {}, .working_directory = "/"};
    pack.argv.insert(pack.argv.end(), {"tar", "--create", "--file=-", "--directory", folder.string(), "data"});
    pack.output = OutputTo::kFile;
    pack.output_file = draft;
    run = RunSuccessfully(pack, limits);
  }
  // A power cut must not leave half of it under its name.
  if (run) fsync(os::FileDescriptor(open(draft.c_str(), O_RDONLY | O_CLOEXEC)).get());
  std::error_code error;
  if (run) fs::rename(draft, archive, error);
  if (run && !error) return {};
  std::error_code ignored;
  fs::remove(draft, ignored);
  if (error) return FileError("make", archive, error);
  if (run.error().code == ErrorCode::kInterrupted) return Fail(run.error());
  return Fail(ErrorCode::kConfiguration, "cannot make a PostgreSQL cluster: " + run.error().message,
              "is there room in the temporary folder?");
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

Result<fs::path> TemplateArchive(const ServerInstall& install, const ServerAccount& account,
                                 const Interrupt* interrupt) {
  RB_ASSIGN(const os::CacheRoom room, os::OpenCacheRoom("postgres"));
  const std::string name = fmt::format("template-{}-{}.tar", install.version, kTemplateLayout);
  if (!os::OpenTrustedFile(room.folder, name).is_open()) {
    RB_TRY(InitialiseInto(room.path / name, install, account, interrupt));
  }
  return room.path / name;
}

Result<fs::path> MakeServerFolder(const fs::path& folder, const ServerAccount& account) {
  const fs::path made = folder / "server";
  const bool is_ours = account.uid == geteuid();
  if (mkdir(made.c_str(), 0700) == 0 &&
      (is_ours || (chmod(folder.c_str(), 0711) == 0 && chown(made.c_str(), account.uid, account.gid) == 0))) {
    return made;
  }
  return FileError("make", made, {errno, std::generic_category()});
}

std::vector<std::string> UnpackCommand(const ServerAccount& account, const fs::path& folder) {
  std::vector<std::string> argv = account.prefix;
  argv.insert(argv.end(), {"tar", "--extract", "--preserve-permissions", "--file=-", "--directory", folder.string()});
  return argv;
}

}  // namespace rapidbyte::lab
