// A pgbouncer in transaction mode before a server on a Unix socket: each transaction of each client gets one of a few
// server sessions, which the clients share. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "support/server_process.h"

namespace rapidbyte::test {

class Pooler {
 public:
  struct Options {
    std::string host;  // folder of the server's socket, where everybody is trusted
    uint16_t port = 0;
    std::string user;
    std::string database;
    int sessions = 1;         // with the server, for each name of a database that clients use
    int query_wait_secs = 5;  // so long a client waits for one
  };

  // Clients find the server's database by the names "source" and "destination", which share no session.
  static Result<std::unique_ptr<Pooler>> Start(const Options& options);

  std::string socket_dir() const { return folder_.path(); }
  uint16_t port() const { return port_; }

 private:
  Pooler() = default;
  Status Launch(const Options& options);

  ServerFolder folder_;  // before the process, so that it goes after it
  uint16_t port_ = 0;
  ServerProcess process_;
};

}  // namespace rapidbyte::test
