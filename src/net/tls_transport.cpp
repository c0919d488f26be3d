// TLS over OpenSSL, on a socket BIO of our own.
//
// libpq's BIO answers a broken pipe with "written", and OpenSSL's own one raises SIGPIPE. Ours also claims success
// when the peer is gone, because OpenSSL allows no further read after a failed write, and the reason that the server
// gave may still be waiting to be read. But it remembers the error, and Send reports it.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/transport.h"

namespace rapidbyte::net {
namespace {

using State = Transfer::State;

struct TlsSocket {
  int fd = -1;
  int read_errno = 0;   // of the last read; 0: none, or the end of the stream
  int write_errno = 0;  // of the first write that failed
};

bool WouldBlock(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

int BioRead(BIO* bio, char* buffer, int size) {
  auto* socket = static_cast<TlsSocket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t received = recv(socket->fd, buffer, static_cast<size_t>(size), MSG_DONTWAIT);
  socket->read_errno = received < 0 ? errno : 0;
  if (received < 0 && WouldBlock(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(received);
}

int BioWrite(BIO* bio, const char* bytes, int size) {
  auto* socket = static_cast<TlsSocket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t sent = send(socket->fd, bytes, static_cast<size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<int>(sent);
  if (WouldBlock(errno)) {
    BIO_set_retry_write(bio);
    return -1;
  }
  if (socket->write_errno == 0) socket->write_errno = errno;
  return size;
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* SocketBioMethod() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rapidbyte socket");
    if (made != nullptr) {
      BIO_meth_set_read(made, BioRead);
      BIO_meth_set_write(made, BioWrite);
      BIO_meth_set_ctrl(made, BioControl);
    }
    return made;
  }();
  return method;
}

std::string OpensslErrorText() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return std::string("the TLS connection to the server failed: ") + (reason != nullptr ? reason : "unknown reason");
}

class TlsTransport : public Transport {
 public:
  TlsTransport(ssl_st* session, int fd) : session_(session), socket_{fd} {}

  bool TakeOver() {
    BIO* bio = SocketBioMethod() == nullptr ? nullptr : BIO_new(SocketBioMethod());
    if (bio == nullptr) return false;
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(session_, bio, bio);
    SSL_set_mode(session_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return true;
  }

  // As many records as fit: one is at most 16 KiB.
  Transfer Receive(std::span<uint8_t> buffer) override {
    size_t total = 0;
    while (total < buffer.size()) {
      size_t received = 0;
      ERR_clear_error();
      const int result = SSL_read_ex(session_, buffer.data() + total, buffer.size() - total, &received);
      if (result <= 0) return total > 0 ? Transfer{State::kDone, total, ""} : Explain(result, socket_.read_errno);
      total += received;
    }
    return {State::kDone, total, ""};
  }

  Transfer Send(std::span<const uint8_t> bytes) override {
    size_t sent = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(session_, bytes.data(), bytes.size(), &sent);
    if (socket_.write_errno != 0) return {State::kFailed, 0, SocketErrorText(socket_.write_errno)};
    return result > 0 ? Transfer{State::kDone, sent, ""} : Explain(result, 0);
  }

 private:
  // A stream that ends without TLS's farewell is an end like any other: PostgreSQL's messages have lengths, so a
  // truncated one is noticed.
  Transfer Explain(int result, int socket_errno) {
    switch (SSL_get_error(session_, result)) {
      case SSL_ERROR_WANT_READ:
        return {State::kWantRead, 0, ""};
      case SSL_ERROR_WANT_WRITE:
        return {State::kWantWrite, 0, ""};
      case SSL_ERROR_ZERO_RETURN:
        return {State::kEnd, 0, ""};
      case SSL_ERROR_SYSCALL:
        return socket_errno == 0 ? Transfer{State::kEnd, 0, ""}
                                 : Transfer{State::kFailed, 0, SocketErrorText(socket_errno)};
      default:
        return {State::kFailed, 0, OpensslErrorText()};
    }
  }

  ssl_st* session_;
  TlsSocket socket_;
};

}  // namespace

std::unique_ptr<Transport> MakeTlsTransport(ssl_st* session, int fd) {
  auto transport = std::make_unique<TlsTransport>(session, fd);
  if (!transport->TakeOver()) return nullptr;
  return transport;
}

}  // namespace rapidbyte::net
