#include "support/tampering_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace rapidbyte::test {
namespace {

constexpr int kTickMillis = 20;

sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int Socket() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) std::abort();
  return fd;
}

// What has come; nothing where it ends.
bool Receive(int fd, std::string& bytes) {
  char buffer[64 << 10];
  const ssize_t size = recv(fd, buffer, sizeof buffer, 0);
  if (size <= 0) return false;
  bytes.append(buffer, static_cast<size_t>(size));
  return true;
}

// Takes one whole message from the front; nothing where there is none.
std::string TakeMessage(std::string& bytes) {
  if (bytes.size() < 5) return {};
  size_t size = 1;
  for (int i = 0; i < 4; ++i) size += size_t{static_cast<uint8_t>(bytes[1 + i])} << (24 - 8 * i);
  if (bytes.size() < size) return {};
  std::string message = bytes.substr(0, size);
  bytes.erase(0, size);
  return message;
}

}  // namespace

bool TamperingProxy::Client::Send(std::string_view bytes) {
  while (!bytes.empty() && !stopping_) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent > 0) continue;
    if (errno != EAGAIN) return false;
    pollfd writable{fd_, POLLOUT, 0};
    poll(&writable, 1, kTickMillis);
  }
  return !stopping_;
}

TamperingProxy::TamperingProxy(std::string server, const std::string& folder, uint16_t port, size_t place, Lie lie)
    : server_(std::move(server)),
      path_(folder + "/.s.PGSQL." + std::to_string(port)),
      place_(place),
      lie_(std::move(lie)),
      listener_(Socket()) {
  unlink(path_.c_str());
  const sockaddr_un address = Address(path_);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
  if (listen(listener_, 10) != 0) std::abort();
  acceptor_ = std::thread([this] { Accept(); });
}

TamperingProxy::~TamperingProxy() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  close(listener_);
  unlink(path_.c_str());
}

void TamperingProxy::Accept() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kTickMillis) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections_.emplace_back([this, client] { Serve(client); });
  }
}

void TamperingProxy::Serve(int fd) {
  const int server = Socket();
  const sockaddr_un address = Address(server_);
  bool is_open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  Client client(fd, stopping_), real(server, stopping_);
  After after = After::kGoOn;
  std::string arrived;
  while (is_open && !stopping_) {
    pollfd ready[] = {{fd, POLLIN, 0}, {server, POLLIN, 0}};
    poll(ready, 2, kTickMillis);
    std::string asked;
    if (ready[0].revents != 0) is_open = Receive(fd, asked) && real.Send(asked);
    if (ready[1].revents != 0) is_open = Receive(server, arrived) && is_open;
    if (after == After::kSilence) arrived.clear();
    while (after == After::kGoOn) {
      const std::string message = TakeMessage(arrived);
      if (message.empty() || !PassOn(client, message, &after)) break;
    }
    if (after == After::kClose) break;
  }
  close(fd);
  close(server);
}

bool TamperingProxy::PassOn(Client& client, const std::string& message, After* after) {
  bool is_the_place = false;
  {
    const std::lock_guard lock(mutex_);
    if (message[0] != last_type_) is_the_place = places_++ == place_;
    last_type_ = message[0];
  }
  if (!is_the_place) return client.Send(message);
  has_lied_ = true;
  *after = lie_(client, message);
  return true;
}

}  // namespace rapidbyte::test
