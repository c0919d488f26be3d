#include "support/test_cluster.h"

#include <libpq-fe.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace rapidbyte::test {
namespace {

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";

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

TestCluster::~TestCluster() { Stop(/*immediate=*/true); }

Status TestCluster::Create(Options options) {
  RB_TRY(folder_.Create());
  RB_TRY(folder_.AddFolder("socket"));
  RB_TRY(folder_.AddFile("password", password() + "\n"));
  const std::string data = folder_.path() / "data";
  RB_TRY(
      RunProgram({std::string(kBinaries) + "initdb", "-D", data, "-U", user(), "--pwfile", folder_.path() / "password",
                  "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C"},
                 folder_));
  if (!options.tls) return {};
  return RunProgram({"openssl", "req", "-new", "-x509", "-days", "2", "-nodes", "-newkey", "rsa:2048", "-subj",
                     "/CN=localhost", "-keyout", data + "/server.key", "-out", data + "/server.crt"},
                    folder_);
}

Status TestCluster::Launch(Options options) {
  port_ = FreePort();
  return server_.Start({std::string(kBinaries) + "postgres", "-D", folder_.path() / "data", "-p", std::to_string(port_),
                        "-k", socket_dir(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c",
                        "shared_buffers=16MB", "-c", std::string("ssl=") + (options.tls ? "on" : "off")},
                       folder_);
}

Status TestCluster::AwaitReady() {
  for (int attempt = 0; attempt < 3000 && server_.IsRunning(); ++attempt) {
    if (Psql("SELECT 1") == "1") return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Fail(ErrorCode::kInternal, "the test's PostgreSQL does not start: " + folder_.Log());
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

void TestCluster::Stop(bool immediate) { server_.Stop(immediate ? SIGQUIT : SIGINT); }

}  // namespace rapidbyte::test
