#include "net/backend_key.h"

#include <sys/socket.h>

#include <cstring>
#include <memory>

namespace rapidbyte::net {
namespace {

// How struct pg_cancel of libpq begins: the length of the address is a size_t up to version 15, then a socklen_t.
template <typename Length>
struct Cancel {
  sockaddr_storage address;
  Length address_bytes;
  int32_t pid;
  int32_t key;
};

struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};

template <typename Length>
std::optional<BackendKey> Read(PGconn* session, const PGcancel* given) {
  Cancel<Length> cancel;
  std::memcpy(&cancel, given, sizeof cancel);
  sockaddr_storage peer{};
  socklen_t bytes = sizeof peer;
  if (getpeername(PQsocket(session), reinterpret_cast<sockaddr*>(&peer), &bytes) != 0) return std::nullopt;
  if (cancel.address.ss_family != peer.ss_family || cancel.address_bytes > sizeof peer) return std::nullopt;
  if (cancel.pid == 0 || cancel.pid != PQbackendPID(session)) return std::nullopt;
  return BackendKey{cancel.pid, cancel.key};
}

}  // namespace

std::optional<BackendKey> KeyOf(PGconn* session) {
  const int version = PQlibVersion();
  if (version < 100000 || version >= 180000) return std::nullopt;
  const std::unique_ptr<PGcancel, FreeCancel> given(PQgetCancel(session));
  if (given == nullptr) return std::nullopt;
  return version < 160000 ? Read<size_t>(session, given.get()) : Read<socklen_t>(session, given.get());
}

}  // namespace rapidbyte::net
