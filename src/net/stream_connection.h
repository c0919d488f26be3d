// A Connection over a transport: waits where the transport would block, and never in a way that could deadlock.
#pragma once

#include <memory>
#include <vector>

#include "net/connection.h"
#include "net/transport.h"

namespace rapidbyte::net {

// `transport`, the socket `fd` and `cancel` must outlive it.
class StreamConnection : public Connection {
 public:
  StreamConnection(Transport& transport, int fd, const CancelToken& cancel)
      : transport_(transport), fd_(fd), cancel_(cancel) {}

  Result<size_t> Read(std::span<uint8_t> buffer, uint64_t* wait_nanos) override;
  Status Write(std::span<const uint8_t> bytes, uint64_t* wait_nanos) override;

 private:
  Status WaitToWrite(Transfer::State wanted, uint64_t* wait_nanos);
  void KeepArrived();
  size_t TakeKept(std::span<uint8_t> buffer);

  Transport& transport_;
  int fd_;
  const CancelToken& cancel_;
  std::vector<uint8_t> kept_;  // arrived while we were writing; Read gives it out first
  size_t kept_taken_ = 0;
  bool ended_ = false;         // nothing more will arrive
  std::string write_failure_;  // once set, no Write is tried again
};

}  // namespace rapidbyte::net
