// Bytes in and out of a socket without ever blocking, in the clear or through TLS.
//
// A transport reports what happened and leaves waiting to its caller. It does not own the socket or the TLS session;
// libpq does. One thread at a time. No call raises SIGPIPE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct ssl_st;

namespace rapidbyte::net {

struct Transfer {
  enum class State {
    kDone,       // `bytes` were moved, at least one
    kWantRead,   // nothing moved; try again when the socket is readable
    kWantWrite,  // nothing moved; try again when the socket is writable
    kEnd,        // the other side has closed the stream
    kFailed      // `error` says why
  };
  State state = State::kDone;
  size_t bytes = 0;
  std::string error;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Transfer Receive(std::span<uint8_t> buffer) = 0;
  // After kWantRead or kWantWrite the same bytes must be sent again: TLS may already have encrypted them.
  virtual Transfer Send(std::span<const uint8_t> bytes) = 0;
};

std::unique_ptr<Transport> MakeSocketTransport(int fd);

// Takes over the session's input and output. The transport must outlive the session, which writes through it when it
// is closed. Null when out of memory.
std::unique_ptr<Transport> MakeTlsTransport(ssl_st* session, int fd);

// "the server closed the connection", or what else ended it.
std::string SocketErrorText(int error_number);

}  // namespace rapidbyte::net
