// Connections that the host opens on behalf of connectors: authenticated by libpq, handed over as a byte stream.
//
// libpq does TLS, SCRAM, passfiles and services; once the session is idle the bytes belong to the connector, and
// libpq is only asked to finish. Passwords never leave the host. One connection is used by one thread at a time;
// CancelToken may be triggered from any thread and from a signal handler.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace rapidbyte::net {

// Ends blocking waits: an eventfd that is polled beside every socket.
class CancelToken {
 public:
  CancelToken();
  ~CancelToken();
  CancelToken(const CancelToken&) = delete;
  CancelToken& operator=(const CancelToken&) = delete;

  void Cancel();  // async-signal-safe
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  int fd() const { return fd_; }  // readable once cancelled

 private:
  std::atomic<bool> cancelled_ = false;
  int fd_;
};

// Empty texts leave the choice to libpq: its environment variables, service and password files, and defaults.
struct PostgresTarget {
  std::string host;  // a name, an address, or the folder of a Unix socket
  uint16_t port = 5432;
  std::string user;
  std::string password;
  std::string database;
  // For all addresses of the host together, without the look-up of its name. 0: no limit.
  uint64_t connect_timeout_ms = 10'000;
  // How long a server may be silent, although it has been sent something or is probed, before it counts as gone.
  uint64_t silence_limit_ms = 60'000;
};

// Loads libpq, which takes some milliseconds, before somebody waits for it. Any thread.
void LoadClient();

class Connection {
 public:
  virtual ~Connection() = default;

  // Reads what is there, at least one byte, into `buffer`; 0 at the end of the stream. Adds the time it was blocked to
  // *wait_nanos. Errors: kConnection, kInterrupted.
  virtual Result<size_t> Read(std::span<uint8_t> buffer, uint64_t* wait_nanos) = 0;
  // Writes all of `bytes`. What the server sends meanwhile is kept for Read, so that a server which itself waits to
  // write cannot deadlock; above 4 MiB of it Write fails. After a failed Write, Read still gives what had arrived,
  // which is where the server says why. Adds the time it was blocked to *wait_nanos. Errors: kConnection, kInterrupted.
  virtual Status Write(std::span<const uint8_t> bytes, uint64_t* wait_nanos) = 0;
  // Asks the server to end the statement it is at for this connection, if there is one; the answer, an error of the
  // statement, is for Read. Not ended by the cancel token, but when MonotonicNanos() reaches `deadline_nanos`. Errors:
  // kConnection when the server could not be asked.
  virtual Status CancelStatement(uint64_t deadline_nanos) {
    static_cast<void>(deadline_nanos);
    return {};
  }
};

// Connects and authenticates. `cancel` must outlive the connection. Errors: kConnection with libpq's own message, made
// one line and cleaned of the password, and a hint: is the server running, is the password right.
Result<std::unique_ptr<Connection>> ConnectPostgres(const PostgresTarget& target, const CancelToken& cancel);

}  // namespace rapidbyte::net
