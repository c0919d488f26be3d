#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "net/transport.h"

namespace rapidbyte::net {
namespace {

using State = Transfer::State;

Transfer FailedCall(State when_blocked) {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {when_blocked, 0, ""};
  return {State::kFailed, 0, SocketErrorText(errno)};
}

class SocketTransport : public Transport {
 public:
  explicit SocketTransport(int fd) : fd_(fd) {}

  Transfer Receive(std::span<uint8_t> buffer) override {
    const ssize_t received = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received > 0) return {State::kDone, static_cast<size_t>(received), ""};
    return received == 0 ? Transfer{State::kEnd, 0, ""} : FailedCall(State::kWantRead);
  }

  Transfer Send(std::span<const uint8_t> bytes) override {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? Transfer{State::kDone, static_cast<size_t>(sent), ""} : FailedCall(State::kWantWrite);
  }

 private:
  int fd_;
};

}  // namespace

std::unique_ptr<Transport> MakeSocketTransport(int fd) { return std::make_unique<SocketTransport>(fd); }

std::string SocketErrorText(int error_number) {
  if (error_number == EPIPE || error_number == ECONNRESET) return "the server closed the connection";
  return std::string("the connection to the server was lost: ") + std::strerror(error_number);
}

}  // namespace rapidbyte::net
