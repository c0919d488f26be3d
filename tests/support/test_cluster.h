// A throwaway PostgreSQL 15 for one test program: own folder, own port, gone with the object that started it, and with
// the process should that be killed. Started by root, it runs as the user postgres. One thread at a time.
//
// Everyone on the Unix socket is trusted; TCP on 127.0.0.1 asks for the password (SCRAM).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "support/server_process.h"

namespace rapidbyte::test {

class TestCluster {
 public:
  struct Options {
    bool tls = false;  // with a certificate signed by itself
  };

  static Result<std::unique_ptr<TestCluster>> Start(Options options);
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  std::string socket_dir() const { return folder_.path() / "socket"; }
  uint16_t port() const { return port_; }
  std::string user() const { return "postgres"; }
  std::string password() const { return "a-test-password"; }

  // Runs SQL as superuser. The rows of the last result: a line each, fields separated by '|', NULL as nothing. An
  // error gives "ERROR: …".
  std::string Psql(const std::string& sql, const std::string& database = "postgres");

  // Ends the server and waits for its end. Immediate: as if it had crashed.
  void Stop(bool immediate);

 private:
  TestCluster() = default;
  Status Create(Options options);
  Status Launch(Options options);
  Status AwaitReady();

  ServerFolder folder_;  // before the server, so that it goes after it
  uint16_t port_ = 0;
  ServerProcess server_;
};

}  // namespace rapidbyte::test
