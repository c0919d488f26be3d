#include "support/test_cluster.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

namespace rapidbyte::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";

tl::unexpected<Error> Broken(const std::string& what) { return Fail(ErrorCode::kInternal, what); }

const passwd* ServerUser() { return geteuid() == 0 ? getpwnam("postgres") : nullptr; }

// In the child: nothing in here may allocate that is not needed. Its output goes to `log`.
[[noreturn]] void Execute(std::vector<std::string> words, const fs::path& folder, bool dies_with_parent) {
  const int log = open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(log, 1);
  dup2(log, 2);
  const passwd* user = ServerUser();
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  if (dies_with_parent) prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after setuid, which clears it
  if (chdir(folder.c_str()) != 0) _exit(126);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  setenv("LC_ALL", "C", 1);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

pid_t Spawn(const std::vector<std::string>& words, const fs::path& folder, bool dies_with_parent) {
  const pid_t child = fork();
  if (child == 0) Execute(words, folder, dies_with_parent);
  return child;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Status RunProgram(const std::vector<std::string>& words, const fs::path& folder) {
  int status = -1;
  const pid_t child = Spawn(words, folder, true);
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    return Broken(words[0] + " failed: " + ReadFile(folder / "log"));
  }
  return {};
}

// Another program may take it before the server does; then Start fails.
uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : uint16_t{0};
}

// To the user whom the server runs as.
Status HandOver(const fs::path& path) {
  const passwd* user = ServerUser();
  if (user != nullptr && chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    return Broken("cannot hand " + path.string() + " to the user postgres");
  }
  return {};
}

std::string Rows(const PGresult* result) {
  std::string rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    if (row > 0) rows += '\n';
    for (int column = 0; column < PQnfields(result); ++column) {
      if (column > 0) rows += '|';
      rows += PQgetvalue(result, row, column);
    }
  }
  return rows;
}

}  // namespace

Result<std::unique_ptr<TestCluster>> TestCluster::Start(Options options) {
  std::unique_ptr<TestCluster> cluster(new TestCluster);
  RB_TRY(cluster->Create(options));
  RB_TRY(cluster->Launch(options));
  RB_TRY(cluster->AwaitReady());
  return cluster;
}

TestCluster::~TestCluster() {
  Stop(/*immediate=*/true);
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Status TestCluster::Create(Options options) {
  std::string name = (fs::temp_directory_path() / "rapidbyte-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return Broken("cannot make a temporary folder");
  folder_ = name;
  RB_TRY(HandOver(folder_));
  fs::create_directory(folder_ / "socket");
  RB_TRY(HandOver(folder_ / "socket"));
  std::ofstream(folder_ / "password") << password() << '\n';
  const std::string data = folder_ / "data";
  RB_TRY(RunProgram({std::string(kBinaries) + "initdb", "-D", data, "-U", user(), "--pwfile", folder_ / "password",
                     "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C"},
                    folder_));
  if (!options.tls) return {};
  return RunProgram({"openssl", "req", "-new", "-x509", "-days", "2", "-nodes", "-newkey", "rsa:2048", "-subj",
                     "/CN=localhost", "-keyout", data + "/server.key", "-out", data + "/server.crt"},
                    folder_);
}

Status TestCluster::Launch(Options options) {
  port_ = FreePort();
  server_ = Spawn({std::string(kBinaries) + "postgres", "-D", folder_ / "data", "-p", std::to_string(port_), "-k",
                   socket_dir(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=16MB",
                   "-c", std::string("ssl=") + (options.tls ? "on" : "off")},
                  folder_, /*dies_with_parent=*/true);
  return server_ > 0 ? Status{} : Broken("cannot start a process");
}

Status TestCluster::AwaitReady() {
  for (int attempt = 0; attempt < 3000; ++attempt) {
    if (waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = -1;
      break;
    }
    if (Psql("SELECT 1") == "1") return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Broken("the test's PostgreSQL does not start: " + ReadFile(folder_ / "log"));
}

std::string TestCluster::Psql(const std::string& sql, const std::string& database) {
  const std::string host = socket_dir(), port = std::to_string(port_), name = user();
  const char* const keywords[] = {"host", "port", "user", "dbname", nullptr};
  const char* const values[] = {host.c_str(), port.c_str(), name.c_str(), database.c_str(), nullptr};
  PGconn* session = PQconnectdbParams(keywords, values, 0);
  PQsetNoticeProcessor(
      session, [](void*, const char*) {}, nullptr);
  PGresult* result = PQexec(session, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  const bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
  const std::string answer = ok ? Rows(result) : "ERROR: " + std::string(PQerrorMessage(session));
  PQclear(result);
  PQfinish(session);
  return answer;
}

void TestCluster::Stop(bool immediate) {
  if (server_ <= 0) return;
  kill(server_, immediate ? SIGQUIT : SIGINT);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

}  // namespace rapidbyte::test
