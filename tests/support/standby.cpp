#include "support/standby.h"

#include <libpq-fe.h>

#include <chrono>
#include <thread>

namespace rapidbyte::test {

Result<std::unique_ptr<Standby>> Standby::Start(const Options& options) {
  std::unique_ptr<Standby> standby(new Standby);
  RB_TRY(standby->Launch(options));
  const std::string target =
      "host=" + standby->socket_dir() + " port=" + std::to_string(standby->port()) + " user=" + options.user;
  for (int attempt = 0; attempt < 3000 && standby->process_.IsRunning(); ++attempt) {
    if (PQping((target + " dbname=postgres").c_str()) == PQPING_OK) return standby;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Fail(ErrorCode::kInternal, "the hot standby does not start: " + standby->folder_.Log());
}

Status Standby::Launch(const Options& options) {
  RB_TRY(folder_.Create());
  RB_TRY(folder_.AddFolder("socket"));
  const std::string data = folder_.path() / "data";
  const std::string binaries = "/usr/lib/postgresql/15/bin/";
  RB_TRY(RunProgram({binaries + "pg_basebackup", "-h", options.host, "-p", std::to_string(options.port), "-U",
                     options.user, "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync"},
                    folder_));
  port_ = FreePort();
  std::vector<std::string> words = {
      binaries + "postgres",        "-D", data,        "-p", std::to_string(port_), "-k", socket_dir(), "-c",
      "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=16MB"};
  for (const std::string& setting : options.settings) words.insert(words.end(), {"-c", setting});
  return process_.Start(words, folder_);
}

}  // namespace rapidbyte::test
