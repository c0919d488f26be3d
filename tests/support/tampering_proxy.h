// A PostgreSQL server that lies once: it passes on what a real one says, but for one message, in whose place it sends
// what a test wants. One client at a time runs through it; it may open several connections.
//
// Places in the server's messages are counted over all connections, and a row of messages of one type is one place: the
// settings after the greeting, the answers to many SETs, the rows of a COPY.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rapidbyte::test {

class TamperingProxy {
 public:
  enum class After { kGoOn, kClose, kSilence };

  // The client of the connection that is lied to.
  class Client {
   public:
    Client(int fd, const std::atomic<bool>& stopping) : fd_(fd), stopping_(stopping) {}
    // False once it is gone, or the proxy is at its end.
    bool Send(std::string_view bytes);

   private:
    int fd_;
    const std::atomic<bool>& stopping_;
  };
  // Gets the honest message, which it may send or not; then the connection goes on, is closed, or falls silent.
  using Lie = std::function<After(Client& client, const std::string& message)>;

  // `server`: the path of the real one's socket. The proxy's is in `folder`, for the same port.
  TamperingProxy(std::string server, const std::string& folder, uint16_t port, size_t place, Lie lie);
  ~TamperingProxy();
  TamperingProxy(const TamperingProxy&) = delete;
  TamperingProxy& operator=(const TamperingProxy&) = delete;

  // Whether the place was reached.
  bool has_lied() const { return has_lied_; }

 private:
  void Accept();
  void Serve(int client);
  // One message of the server. False: nothing more is passed on.
  bool PassOn(Client& client, const std::string& message, After* after);

  const std::string server_, path_;
  const size_t place_;
  const Lie lie_;
  int listener_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> has_lied_ = false;
  std::mutex mutex_;  // around what follows
  size_t places_ = 0;
  char last_type_ = 0;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace rapidbyte::test
