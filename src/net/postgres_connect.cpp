// Opening a PostgreSQL session with libpq and taking its byte stream over.
//
// libpq 15 reads from the socket only while it connects. When PQconnectPoll reports success it has consumed
// ReadyForQuery, after which the server is silent until it is asked. Messages that a server may send at any time
// (a setting reloaded in that very moment) are consumed by PQisBusy. From then on libpq is only asked for PQfinish.
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/clock.h"
#include "net/backend_key.h"
#include "net/cancel_request.h"
#include "net/connect_error.h"
#include "net/stream_connection.h"
#include "net/wait.h"

namespace rapidbyte::net {
namespace {

// libpq keeps all that a server says of itself. An honest one says a few KiB.
constexpr size_t kMaxGreetingBytes = 1 << 20;

struct FinishSession {
  void operator()(PGconn* session) const { PQfinish(session); }
};
using Session = std::unique_ptr<PGconn, FinishSession>;

}  // namespace

void LoadClient() { PQconninfoFree(nullptr); }

namespace {

class PostgresConnection : public Connection {
 public:
  PostgresConnection(Session session, std::unique_ptr<Transport> transport, std::optional<CancelRequest> cancel_request,
                     const CancelToken& cancel, uint64_t silence_limit_ms)
      : transport_(std::move(transport)),
        session_(std::move(session)),
        cancel_request_(std::move(cancel_request)),
        stream_(*transport_, PQsocket(session_.get()), cancel, silence_limit_ms) {}

  Result<size_t> Read(std::span<uint8_t> buffer, uint64_t* wait_nanos) override {
    return stream_.Read(buffer, wait_nanos);
  }
  Status Write(std::span<const uint8_t> bytes, uint64_t* wait_nanos) override {
    return stream_.Write(bytes, wait_nanos);
  }
  Status CancelStatement(uint64_t deadline_nanos) override {
    if (!cancel_request_ || stream_.is_over()) return {};
    return cancel_request_->Send(deadline_nanos);
  }

 private:
  std::unique_ptr<Transport> transport_;
  Session session_;                              // after the transport: PQfinish says TLS's farewell through it
  std::optional<CancelRequest> cancel_request_;  // nothing: the server gave no key
  StreamConnection stream_;
};

void IgnoreNotice(void*, const char*) {}

// Values go to libpq by keyword and are never parsed as a connection string.
Session StartSession(const PostgresTarget& target) {
  std::array<const char*, 12> keywords{};
  std::array<const char*, 12> values{};
  size_t count = 0;
  const auto add = [&](const char* keyword, const std::string& value) {
    if (value.empty()) return;
    keywords[count] = keyword;
    values[count++] = value.c_str();
  };
  const std::string port = std::to_string(target.port);
  const std::string application = "rapidbyte", encoding = "UTF8", disable = "disable", probes = "3";
  // Three probes after half of the time that a server may be silent, so that the last one ends with it.
  const uint64_t silence_secs = target.silence_limit_ms / 1000;
  const std::string idle = std::to_string(std::max<uint64_t>(silence_secs / 2, 1));
  const std::string interval = std::to_string(std::max<uint64_t>(silence_secs / 6, 1));
  add("host", target.host);
  add("port", port);
  add("user", target.user);
  add("password", target.password);
  add("dbname", target.database);
  add("application_name", application);
  add("client_encoding", encoding);
  add("gssencmode", disable);
  add("keepalives_idle", idle);
  add("keepalives_interval", interval);
  add("keepalives_count", probes);
  return Session(PQconnectStartParams(keywords.data(), values.data(), /*expand_dbname=*/0));
}

// A password that is also the user's name is no secret, and masking it would hide who was refused.
std::string SecretOf(const PostgresTarget& target) {
  const bool is_public =
      target.password == target.user || target.password == target.database || target.password == target.host;
  return is_public ? "" : target.password;
}

Error TimeoutError(PGconn* session, const PostgresTarget& target) {
  ConnectFailure failure;
  failure.text = fmt::format("connection to server at \"{}\", port {} failed: timeout expired after {:g} s",
                             PQhost(session), PQport(session), static_cast<double>(target.connect_timeout_ms) / 1000);
  failure.secret = SecretOf(target);
  return ConnectError(failure);
}

// What waits to be read; 0 where nobody knows.
size_t ArrivedBytes(PGconn* session) {
  int bytes = 0;
  return ioctl(PQsocket(session), FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<size_t>(bytes) : 0;
}

Error FloodError(PGconn* session) {
  ConnectFailure failure;
  failure.text = fmt::format(
      "connection to server at \"{}\", port {} failed: it sent more than {} KiB before it was ready, which no "
      "PostgreSQL "
      "server does",
      PQhost(session), PQport(session), kMaxGreetingBytes >> 10);
  return ConnectError(failure);
}

Error SessionError(PGconn* session, const PostgresTarget& target) {
  ConnectFailure failure;
  failure.text = PQerrorMessage(session);
  failure.secret = SecretOf(target);
  failure.needs_password = PQconnectionNeedsPassword(session) != 0;
  return ConnectError(failure);
}

// libpq starts out wanting to write. It changes the socket when it goes on to the next address.
Status Establish(PGconn* session, const PostgresTarget& target, const CancelToken& cancel) {
  const uint64_t timeout_nanos = target.connect_timeout_ms * 1'000'000u;
  const uint64_t deadline = timeout_nanos == 0 ? kNoDeadline : MonotonicNanos() + timeout_nanos;
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  size_t arrived = 0;  // and counted again where libpq had left it
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return Fail(SessionError(session, target));
    // A server that never stops sending keeps the socket readable.
    if (MonotonicNanos() >= deadline) return Fail(TimeoutError(session, target));
    const bool reads = state == PGRES_POLLING_READING;
    RB_ASSIGN(const Readiness ready,
              WaitForSocket(PQsocket(session), {.readable = reads, .writable = !reads}, cancel, deadline));
    if (!ready.readable && !ready.writable) return Fail(TimeoutError(session, target));
    arrived += ArrivedBytes(session);
    if (arrived > kMaxGreetingBytes) return Fail(FloodError(session));
    state = PQconnectPoll(session);
  }
  return {};
}

Result<std::unique_ptr<Transport>> TakeStream(PGconn* session) {
  PQisBusy(session);  // for what it consumes: the session is idle, so it is not busy
  // With this, PQfinish never waits for a server that does not read.
  PQsetnonblocking(session, 1);
  auto* tls = static_cast<ssl_st*>(PQsslStruct(session, "OpenSSL"));
  auto transport = tls == nullptr ? MakeSocketTransport(PQsocket(session)) : MakeTlsTransport(tls, PQsocket(session));
  if (transport == nullptr) return Fail(ErrorCode::kInternal, "cannot take over the TLS session: out of memory");
  return transport;
}

}  // namespace

Result<std::unique_ptr<Connection>> ConnectPostgres(const PostgresTarget& target, const CancelToken& cancel) {
  if (cancel.cancelled()) return Fail(InterruptedError());
  Session session = StartSession(target);
  if (session == nullptr) return Fail(ErrorCode::kInternal, "cannot connect to PostgreSQL: out of memory");
  PQsetNoticeProcessor(session.get(), IgnoreNotice, nullptr);
  PQsetErrorVerbosity(session.get(), PQERRORS_VERBOSE);  // for the SQLSTATE, see ConnectError
  if (PQstatus(session.get()) == CONNECTION_BAD) return Fail(SessionError(session.get(), target));
  RB_TRY(Establish(session.get(), target, cancel));
  std::optional<CancelRequest> cancel_request;
  if (const auto key = KeyOf(session.get())) cancel_request = CancelRequest::For(session.get(), *key);
  RB_ASSIGN(std::unique_ptr<Transport> transport, TakeStream(session.get()));
  return std::make_unique<PostgresConnection>(std::move(session), std::move(transport), std::move(cancel_request),
                                              cancel, target.silence_limit_ms);
}

}  // namespace rapidbyte::net
