// A Connection over a transport: waits where the transport would block, and never in a way that could deadlock.
#pragma once

#include <memory>
#include <vector>

#include "net/connection.h"
#include "net/transport.h"
#include "net/wait.h"

namespace rapidbyte::net {

// `transport`, the socket `fd` and `cancel` must outlive it. `silence_limit_ms` is that of PostgresTarget.
class StreamConnection : public Connection {
 public:
  StreamConnection(Transport& transport, int fd, const CancelToken& cancel, uint64_t silence_limit_ms = 60'000)
      : transport_(transport), fd_(fd), cancel_(cancel), silence_limit_nanos_(silence_limit_ms * 1'000'000u) {}

  Result<size_t> Read(std::span<uint8_t> buffer, uint64_t* wait_nanos) override;
  Status Write(std::span<const uint8_t> bytes, uint64_t* wait_nanos) override;

  // Whether the server has ended the stream, or cannot be reached by it.
  bool is_over() const { return ended_ || !write_failure_.empty(); }

 private:
  Result<Readiness> Wait(Readiness wanted, uint64_t* wait_nanos);
  Status WaitToWrite(Transfer::State wanted, uint64_t* wait_nanos);
  void KeepArrived();
  size_t TakeKept(std::span<uint8_t> buffer);

  Transport& transport_;
  int fd_;
  const CancelToken& cancel_;
  const uint64_t silence_limit_nanos_;
  std::vector<uint8_t> kept_;  // arrived while we were writing; Read gives it out first
  size_t kept_taken_ = 0;
  bool ended_ = false;         // nothing more will arrive
  std::string write_failure_;  // once set, no Write is tried again
};

}  // namespace rapidbyte::net
