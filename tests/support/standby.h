// A hot standby of a server on a Unix socket: a copy of its files that follows it by streaming, and can be read. Gone
// with the object. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "support/server_process.h"

namespace rapidbyte::test {

class Standby {
 public:
  struct Options {
    std::string host;  // folder of the primary's socket, where everybody is trusted
    uint16_t port = 0;
    std::string user;
    std::vector<std::string> settings;  // "name=value"
  };

  // Returns when it can be read.
  static Result<std::unique_ptr<Standby>> Start(const Options& options);

  std::string socket_dir() const { return folder_.path() / "socket"; }
  uint16_t port() const { return port_; }

 private:
  Standby() = default;
  Status Launch(const Options& options);

  ServerFolder folder_;  // before the process, so that it goes after it
  uint16_t port_ = 0;
  ServerProcess process_;
};

}  // namespace rapidbyte::test
