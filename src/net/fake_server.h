// A server in the hands of a test: a listener on loopback, and just enough of PostgreSQL's protocol to open a session.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "net/connection.h"

namespace rapidbyte::net {

// One accepted connection. Nothing waits for longer than ten seconds.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {
    const timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~Peer() { Close(); }
  Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Peer& operator=(Peer&&) = delete;

  int fd() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  bool Send(std::string_view bytes) {
    return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  // Up to `size` bytes; less where the stream ends or ten seconds have passed.
  std::string Receive(size_t size) {
    std::string bytes(size, '\0');
    size_t total = 0;
    while (total < size) {
      const ssize_t received = recv(fd_, bytes.data() + total, size - total, 0);
      if (received <= 0) break;
      total += static_cast<size_t>(received);
    }
    bytes.resize(total);
    return bytes;
  }
  // From now on it answers no packet, not even by an acknowledgement, as if its machine were gone.
  void FallSilent() {
    sock_filter drop{BPF_RET | BPF_K, 0, 0, 0};
    const sock_fprog program{1, &drop};
    ASSERT_EQ(setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
  }
  // Refuses TLS, takes the startup message and lets anybody in.
  void Authenticate() {
    EXPECT_EQ(Receive(8).size(), 8u);
    Send("N");
    const std::string size = Receive(4);
    ASSERT_EQ(size.size(), 4u);
    Receive(static_cast<size_t>(static_cast<uint8_t>(size[2])) * 256 + static_cast<uint8_t>(size[3]) - 4);
    Send(std::string("R\0\0\0\x08\0\0\0\0", 9));
  }
  // The session 0x01020304 with the key 0xfffefdfc is ready.
  void BeReady() {
    Send(std::string("K\0\0\0\x0c\x01\x02\x03\x04\xff\xfe\xfd\xfc", 13));
    Send(std::string("Z\0\0\0\x05I", 6));
  }

 private:
  int fd_;
};

class FakeServer {
 public:
  FakeServer() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address_), size_), 0);
    EXPECT_EQ(listen(fd_, 5), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size_), 0);
  }
  ~FakeServer() { close(fd_); }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  uint16_t port() const { return ntohs(address_.sin_port); }
  PostgresTarget Target() const { return {"127.0.0.1", port(), "u", "p", "d", 1000}; }

  // The next one to connect. Without any, a peer whose every call fails.
  Peer Accept(int timeout_millis = 10'000) {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, timeout_millis) != 1) return Peer(-1);
    return Peer(accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
  }

 private:
  int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address_{};
  socklen_t size_ = sizeof address_;
};

}  // namespace rapidbyte::net
