#include "net/cancel_request.h"

#include <openssl/err.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "base/bytes.h"
#include "net/transport.h"
#include "net/wait.h"

namespace rapidbyte::net {
namespace {

using State = Transfer::State;

constexpr uint32_t kCancelRequestCode = 80877102;
constexpr uint32_t kTlsRequestCode = 80877103;

Error CannotCancel(const std::string& why) {
  return Fail(ErrorCode::kConnection, "cannot ask the server to cancel the statement: " + why).value();
}

// A socket with the time that all that is done on it may take.
class Line {
 public:
  explicit Line(uint64_t deadline_nanos) : deadline_nanos_(deadline_nanos) {}
  ~Line() {
    if (fd_ >= 0) close(fd_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  int fd() const { return fd_; }

  Status Await(Readiness wanted) {
    RB_ASSIGN(const Readiness ready, WaitForSocket(fd_, wanted, never_, deadline_nanos_));
    if (!ready.readable && !ready.writable) return Fail(CannotCancel("timeout expired"));
    return {};
  }
  Status Await(State state) {
    return Await({.readable = state == State::kWantRead, .writable = state != State::kWantRead});
  }

  // False: nobody listens there any more.
  Result<bool> Connect(const sockaddr_storage& address, socklen_t size) {
    fd_ = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error = fd_ < 0 || connect(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ? errno : 0;
    if (error == EINPROGRESS) {
      RB_TRY(Await({.writable = true}));
      socklen_t error_size = sizeof error;
      getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &error_size);
    }
    if (error == ECONNREFUSED || error == ENOENT) return false;
    if (error != 0) return Fail(CannotCancel(std::strerror(error)));
    return true;
  }

  Status Send(Transport& transport, std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
      const Transfer sent = transport.Send(bytes);
      if (sent.state == State::kEnd || sent.state == State::kFailed) return Fail(CannotCancel(sent.error));
      if (sent.state != State::kDone) RB_TRY(Await(sent.state));
      bytes = bytes.subspan(sent.bytes);
    }
    return {};
  }

  // At least one byte; none at the stream's end, however it comes.
  Result<size_t> Receive(Transport& transport, std::span<uint8_t> buffer) {
    for (;;) {
      const Transfer received = transport.Receive(buffer);
      if (received.state == State::kDone) return received.bytes;
      if (received.state == State::kEnd || received.state == State::kFailed) return size_t{0};
      RB_TRY(Await(received.state));
    }
  }

 private:
  const uint64_t deadline_nanos_;
  CancelToken never_;
  int fd_ = -1;
};

Status AskForTls(Line& line, Transport& plain) {
  std::array<uint8_t, 8> request{};
  StoreBigEndian<uint32_t>(request.data(), request.size());
  StoreBigEndian<uint32_t>(request.data() + 4, kTlsRequestCode);
  RB_TRY(line.Send(plain, request));
  uint8_t answer = 0;
  RB_ASSIGN(const size_t size, line.Receive(plain, {&answer, 1}));
  if (size != 1 || answer != 'S') return Fail(CannotCancel("the server does not offer TLS any more"));
  return {};
}

Status ShakeHands(Line& line, SSL* tls) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(tls);
    if (result == 1) return {};
    const int error = SSL_get_error(tls, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      return Fail(CannotCancel("the server refuses TLS"));
    }
    RB_TRY(line.Await(error == SSL_ERROR_WANT_READ ? State::kWantRead : State::kWantWrite));
  }
}

Status SendAndAwaitEnd(Line& line, Transport& transport, std::span<const uint8_t> message) {
  RB_TRY(line.Send(transport, message));
  for (;;) {
    uint8_t buffer[256];
    RB_ASSIGN(const size_t size, line.Receive(transport, buffer));
    if (size == 0) return {};
  }
}

}  // namespace

bool CancelRequest::FindAddress(PGconn* session) {
  address_size_ = sizeof address_;
  if (getpeername(PQsocket(session), reinterpret_cast<sockaddr*>(&address_), &address_size_) != 0) return false;
  if (address_.ss_family != AF_UNIX) return true;
  // What the server calls its socket may be relative to its own folder, or of another container.
  const std::string path = std::string(PQhost(session)) + "/.s.PGSQL." + PQport(session);
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  if (path.size() >= sizeof local.sun_path) return false;
  std::memcpy(local.sun_path, path.data(), path.size());
  address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  if (path[0] == '@') {  // of the abstract name space, which knows no end but the size
    local.sun_path[0] = '\0';
    --address_size_;
  }
  std::memcpy(&address_, &local, sizeof local);
  return true;
}

std::optional<CancelRequest> CancelRequest::For(PGconn* session, const BackendKey& key) {
  CancelRequest request;
  if (!request.FindAddress(session)) return std::nullopt;
  StoreBigEndian<uint32_t>(request.message_.data(), static_cast<uint32_t>(request.message_.size()));
  StoreBigEndian<uint32_t>(request.message_.data() + 4, kCancelRequestCode);
  StoreBigEndian<uint32_t>(request.message_.data() + 8, static_cast<uint32_t>(key.pid));
  StoreBigEndian<uint32_t>(request.message_.data() + 12, static_cast<uint32_t>(key.key));
  auto* tls = static_cast<SSL*>(PQsslStruct(session, "OpenSSL"));
  if (tls == nullptr) return request;
  SSL_CTX* context = SSL_get_SSL_CTX(tls);
  SSL_CTX_up_ref(context);
  request.context_.reset(context);
  request.certificate_.reset(SSL_get1_peer_certificate(tls));
  const char* name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
  if (name != nullptr) request.server_name_ = name;
  return request;
}

Status CancelRequest::Send(uint64_t deadline_nanos) const {
  Line line(deadline_nanos);
  RB_ASSIGN(const bool is_there, line.Connect(address_, address_size_));
  if (!is_there) return {};
  const auto plain = MakeSocketTransport(line.fd());
  if (context_ == nullptr) return SendAndAwaitEnd(line, *plain, message_);
  RB_TRY(AskForTls(line, *plain));
  const std::unique_ptr<SSL, Freeing<SSL_free>> tls(SSL_new(context_.get()));
  const auto transport = tls == nullptr ? nullptr : MakeTlsTransport(tls.get(), line.fd());
  if (transport == nullptr) return Fail(CannotCancel("out of memory"));
  if (!server_name_.empty()) SSL_set_tlsext_host_name(tls.get(), server_name_.c_str());
  RB_TRY(ShakeHands(line, tls.get()));
  const std::unique_ptr<X509, Freeing<X509_free>> shown(SSL_get1_peer_certificate(tls.get()));
  if (shown == nullptr || certificate_ == nullptr || X509_cmp(shown.get(), certificate_.get()) != 0) {
    return Fail(CannotCancel("it shows another certificate than before"));
  }
  return SendAndAwaitEnd(line, *transport, message_);
}

}  // namespace rapidbyte::net
