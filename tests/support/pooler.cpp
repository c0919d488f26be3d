#include "support/pooler.h"

#include <libpq-fe.h>

#include <chrono>
#include <thread>

namespace rapidbyte::test {

Result<std::unique_ptr<Pooler>> Pooler::Start(const Options& options) {
  std::unique_ptr<Pooler> pooler(new Pooler);
  RB_TRY(pooler->Launch(options));
  const std::string target =
      "host=" + pooler->socket_dir() + " port=" + std::to_string(pooler->port()) + " user=" + options.user;
  for (int attempt = 0; attempt < 1000 && pooler->process_.IsRunning(); ++attempt) {
    if (PQping((target + " dbname=source").c_str()) == PQPING_OK) return pooler;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Fail(ErrorCode::kInternal, "pgbouncer does not start: " + pooler->folder_.Log());
}

Status Pooler::Launch(const Options& options) {
  RB_TRY(folder_.Create());
  RB_TRY(folder_.AddFile("users", "\"" + options.user + "\" \"\"\n"));
  port_ = FreePort();
  const std::string server =
      "host=" + options.host + " port=" + std::to_string(options.port) + " dbname=" + options.database + "\n";
  RB_TRY(folder_.AddFile("pgbouncer.ini", "[databases]\nsource = " + server + "destination = " + server +
                                              "[pgbouncer]\npool_mode = transaction\nlisten_addr = 127.0.0.1\n"
                                              "listen_port = " +
                                              std::to_string(port_) + "\nunix_socket_dir = " + socket_dir() +
                                              "\nauth_type = trust\nauth_file = " + socket_dir() +
                                              "/users\ndefault_pool_size = " + std::to_string(options.sessions) +
                                              "\nquery_wait_timeout = " + std::to_string(options.query_wait_secs) +
                                              "\n"));
  return process_.Start({"/usr/sbin/pgbouncer", folder_.path() / "pgbouncer.ini"}, folder_);
}

}  // namespace rapidbyte::test
