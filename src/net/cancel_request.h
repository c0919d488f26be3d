// PostgreSQL's CancelRequest: asks a server to end what one of its sessions is doing (protocol 3.0, section 55.2.8).
//
// It goes over a connection of its own, to the address that the session has, and through TLS where the session has
// that. There the server must show the certificate that the session's server has shown, for the request holds the
// session's secret key. Made once the session is; sent by any thread, whatever the session is doing by then.
#pragma once

#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/backend_key.h"

namespace rapidbyte::net {

class CancelRequest {
 public:
  // Nothing where the session's address is not known.
  static std::optional<CancelRequest> For(PGconn* session, const BackendKey& key);

  // Returns once the server has acted on it: it closes the connection then. A server that is down needs not be asked.
  // Errors: kConnection, also when MonotonicNanos() reaches `deadline_nanos` before that.
  Status Send(uint64_t deadline_nanos) const;

 private:
  template <auto kFree>
  struct Freeing {
    template <typename T>
    void operator()(T* object) const {
      kFree(object);
    }
  };

  CancelRequest() = default;
  bool FindAddress(PGconn* session);

  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
  std::array<uint8_t, 16> message_{};
  // With TLS only.
  std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>> context_;
  std::unique_ptr<X509, Freeing<X509_free>> certificate_;
  std::string server_name_;  // as the session told it to the server; may be empty
};

}  // namespace rapidbyte::net
