#include "lab/environment.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fstream>
#include <iterator>

#include "base/clock.h"
#include "lab/dsn.h"
#include "lab/guardian.h"
#include "lab/server_install.h"
#include "os/file_descriptor.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kReadyTimeoutNanos = 30'000'000'000;
constexpr int kReadyPollMs = 5;
constexpr int kStartAttempts = 3;
constexpr const char* kSuperuser = "postgres";
constexpr const char* kDatabase = "postgres";

// A port that nobody listens on at this moment.
Result<uint16_t> FreePort() {
  const os::FileDescriptor probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(probe.get(), generic, size) != 0 || getsockname(probe.get(), generic, &size) != 0) {
    return Fail(ErrorCode::kInternal, "no free port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

std::vector<std::string> ServerCommand(const ServerInstall& install, const ServerAccount& account,
                                       const fs::path& folder, uint16_t port,
                                       const std::map<std::string, std::string>& additional) {
  std::map<std::string, std::string> settings = additional;
  settings.insert(BenchmarkSettings().begin(), BenchmarkSettings().end());
  settings["listen_addresses"] = "127.0.0.1";
  settings["port"] = std::to_string(port);
  settings["unix_socket_directories"] = (folder / "server").string();
  std::vector<std::string> argv = account.prefix;
  argv.insert(argv.end(), {(install.bin / "postgres").string(), "-D", (folder / "server/data").string()});
  for (const auto& [name, value] : settings) argv.insert(argv.end(), {"-c", fmt::format("{}={}", name, value)});
  return argv;
}

// The last line of the log that says what was wrong.
std::string LastComplaint(const fs::path& log) {
  std::ifstream in(log);
  std::string complaint = "it left no message";
  for (std::string line; std::getline(in, line);) {
    if (line.find("FATAL") != std::string::npos || line.find("cannot run") != std::string::npos) complaint = line;
  }
  return complaint;
}

// Errors: kConnection where it ended: it may have lost the race for its port.
Status WaitUntilReady(Guardian& guardian, const ServerAddress& address, const fs::path& folder,
                      const Interrupt* interrupt) {
  const std::string port = std::to_string(address.port);
  const char* names[] = {"host", "port", "user", "dbname", nullptr};
  const char* values[] = {address.host.c_str(), port.c_str(), address.user.c_str(), address.database.c_str(), nullptr};
  const uint64_t deadline = MonotonicNanos() + kReadyTimeoutNanos;
  while (PQpingParams(names, values, 0) != PQPING_OK) {
    if (interrupt != nullptr && interrupt->triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (guardian.ServerEnded()) return Fail(ErrorCode::kConnection, LastComplaint(folder / "server.log"));
    if (MonotonicNanos() > deadline) return Fail(ErrorCode::kConfiguration, "it is not ready after 30 s");
    poll(nullptr, 0, kReadyPollMs);
  }
  return {};
}

Status CheckSocketPath(const fs::path& folder) {
  const size_t longest = (folder / "server/.s.PGSQL.65535").string().size();
  if (longest < sizeof(sockaddr_un::sun_path)) return {};
  return Fail(ErrorCode::kConfiguration,
              "the path of the temporary folder is too long for a Unix socket: " + os::TemporaryRoot().string(),
              "TMPDIR names another place, such as /tmp");
}

}  // namespace

const std::map<std::string, std::string>& BenchmarkSettings() {
  // fsync, synchronous_commit, full_page_writes and wal_level stay as PostgreSQL ships them: a load that would not
  // survive a power cut is not what people run.
  static const std::map<std::string, std::string> settings = {
      // The tables stay in memory, so that a disk's mood does not decide; PostgreSQL's own 128MB holds 1M rows at most.
      {"shared_buffers", "512MB"},
      // No checkpoint begins within a run: the laboratory makes one before each.
      {"max_wal_size", "8GB"},
      {"checkpoint_timeout", "1h"},
      // WAL files are used again instead of made anew, which costs several milliseconds each.
      {"min_wal_size", "1GB"},
      // It would wake up at random and read the table that was just loaded.
      {"autovacuum", "off"},
      // Compiles the laboratory's own verification queries now and then, at random costs.
      {"jit", "off"},
      // Nothing that depends on how long the server has been up is written to the log.
      {"log_checkpoints", "off"},
  };
  return settings;
}

Environment::Environment() = default;
Environment::~Environment() = default;

std::optional<pid_t> Environment::server_pid() const {
  return guardian_ ? std::optional(guardian_->server_pid()) : std::nullopt;
}

Result<std::unique_ptr<Environment>> Environment::StartEphemeral(const EphemeralOptions& options) {
  RB_ASSIGN(const ServerAccount account, FindServerAccount());
  RB_ASSIGN(const ServerInstall install, FindServerInstall());
  RB_ASSIGN(const fs::path archive, TemplateArchive(install, account, options.interrupt));
  for (int attempt = 1;; ++attempt) {
    RB_ASSIGN(const uint16_t port, FreePort());
    std::unique_ptr<Environment> environment(new Environment);
    environment->folder_ = os::TemporaryRoot() / ("rapidbyte-pg-" + os::RandomHex(4));
    RB_TRY(CheckSocketPath(environment->folder_));
    environment->address_ = {environment->folder_ / "server", port, kSuperuser, "", kDatabase, {}};
    RB_ASSIGN(environment->guardian_,
              Guardian::Start({.folder = environment->folder_,
                               .argv = ServerCommand(install, account, environment->folder_, port, options.settings),
                               .account = account,
                               .archive = archive}));
    const Status ready =
        WaitUntilReady(*environment->guardian_, environment->address_, environment->folder_, options.interrupt);
    if (ready) {
      RB_TRY(environment->SetPassword(options.interrupt));
      RB_TRY(environment->Describe(options.interrupt));
      return environment;
    }
    if (ready.error().code == ErrorCode::kConnection && attempt < kStartAttempts) continue;
    if (ready.error().code == ErrorCode::kInterrupted) return Fail(ready.error());
    return Fail(ErrorCode::kConfiguration, "PostgreSQL does not start: " + ready.error().message);
  }
}

Result<std::unique_ptr<Environment>> Environment::UseExisting(const std::string& dsn, const Interrupt* interrupt) {
  std::unique_ptr<Environment> environment(new Environment);
  RB_ASSIGN(environment->address_, ParseDsn(dsn));
  environment->tcp_address_ = environment->address_;
  RB_TRY(environment->Describe(interrupt));
  return environment;
}

// Hexadecimal digits need no quoting anywhere.
Status Environment::SetPassword(const Interrupt* interrupt) {
  RB_ASSIGN(Postgres session, Postgres::Connect(address_, interrupt));
  tcp_address_ = address_;
  tcp_address_.host = "127.0.0.1";
  tcp_address_.password = os::RandomHex(16);
  return session.Exec(fmt::format("ALTER ROLE {} PASSWORD '{}'", kSuperuser, tcp_address_.password));
}

Status Environment::Describe(const Interrupt* interrupt) {
  RB_ASSIGN(Postgres session, Postgres::Connect(address_, interrupt));
  RB_ASSIGN(description_,
            session.Value("SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)"));
  for (const char* name : {"shared_buffers", "fsync", "synchronous_commit", "full_page_writes", "wal_level",
                           "max_wal_size", "checkpoint_timeout", "autovacuum"}) {
    RB_ASSIGN(const std::string value, session.Value(fmt::format("SHOW {}", name)));
    description_ += fmt::format(", {} = {}", name, value);
  }
  return {};
}

}  // namespace rapidbyte::lab
