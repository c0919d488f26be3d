// Connections to real servers: one in the clear, one with TLS.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "base/bytes.h"
#include "base/clock.h"
#include "net/connection.h"
#include "net/fake_server.h"
#include "support/test_cluster.h"

namespace rapidbyte::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Message {
  char type = 0;
  std::string body;
};

// Just enough of PostgreSQL's protocol to talk over the stream that was handed over.
class Talk {
 public:
  explicit Talk(Connection& connection) : connection_(connection) {}

  Status Send(char type, std::string_view body) {
    std::vector<uint8_t> bytes(5 + body.size());
    bytes[0] = static_cast<uint8_t>(type);
    StoreBigEndian<uint32_t>(bytes.data() + 1, static_cast<uint32_t>(4 + body.size()));
    std::memcpy(bytes.data() + 5, body.data(), body.size());
    return connection_.Write(bytes, &wait_nanos_);
  }
  Status Query(std::string sql) { return Send('Q', sql + '\0'); }

  // type 0: the end of the stream, or an error of Read.
  Message Receive() {
    Message message;
    std::string head;
    if (!Take(5, &head)) return message;
    if (!Take(LoadBigEndian<uint32_t>(head.data() + 1) - 4, &message.body)) return message;
    message.type = head[0];
    return message;
  }
  // Skips to the first message of a type in `types`.
  Message Await(std::string_view types) {
    for (;;) {
      Message message = Receive();
      if (message.type == 0 || types.find(message.type) != std::string_view::npos) return message;
    }
  }

 private:
  bool Take(size_t size, std::string* out) {
    uint8_t buffer[16 << 10];
    while (arrived_.size() < size) {
      const auto read = connection_.Read(buffer, &wait_nanos_);
      if (!read || *read == 0) return false;
      arrived_.append(reinterpret_cast<const char*>(buffer), *read);
    }
    *out = arrived_.substr(0, size);
    arrived_.erase(0, size);
    return true;
  }

  Connection& connection_;
  std::string arrived_;
  uint64_t wait_nanos_ = 0;
};

enum class Via { kTcp, kTls, kUnixSocket };

// The name of a test's parameter.
void PrintTo(Via via, std::ostream* out) { *out << (via == Via::kTcp ? "tcp" : via == Via::kTls ? "tls" : "socket"); }

test::TestCluster& Cluster(bool tls) {
  const auto start = [](bool with_tls) {
    auto started = test::TestCluster::Start({.tls = with_tls});
    if (!started) throw std::runtime_error(started.error().message);
    return std::move(*started);
  };
  static std::unique_ptr<test::TestCluster> clusters[2];
  if (clusters[tls] == nullptr) clusters[tls] = start(tls);
  return *clusters[tls];
}

PostgresTarget Target(test::TestCluster& cluster, Via via) {
  const std::string host = via == Via::kUnixSocket ? cluster.socket_dir() : "127.0.0.1";
  return {host, cluster.port(), cluster.user(), cluster.password(), "postgres", 10'000};
}

class PostgresStreamTest : public ::testing::TestWithParam<Via> {
 protected:
  test::TestCluster& cluster() { return Cluster(GetParam() == Via::kTls); }
  std::unique_ptr<Connection> Connect() {
    auto connected = ConnectPostgres(Target(cluster(), GetParam()), cancel_);
    if (!connected) throw std::runtime_error(connected.error().message);
    return std::move(*connected);
  }
  CancelToken cancel_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, PostgresStreamTest, ::testing::Values(Via::kTcp, Via::kTls, Via::kUnixSocket),
                         ::testing::PrintToStringParamName());

TEST_P(PostgresStreamTest, HandsOverAnIdleSession) {
  const auto connection = Connect();
  Talk talk(*connection);
  ASSERT_TRUE(
      talk.Query("SELECT (SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl)"
                 " || current_setting('application_name') || current_setting('client_encoding')"));
  EXPECT_EQ(talk.Receive().type, 'T');
  const Message row = talk.Receive();
  EXPECT_EQ(row.type, 'D');
  EXPECT_THAT(row.body, HasSubstr(GetParam() == Via::kTls ? "1rapidbyteUTF8" : "0rapidbyteUTF8"));
  EXPECT_EQ(talk.Await("Z").body, "I");
}

TEST_P(PostgresStreamTest, CarriesMoreThanAnyBufferHolds) {
  const auto connection = Connect();
  Talk talk(*connection);
  ASSERT_TRUE(talk.Query("SELECT length('" + std::string(5'000'000, 'x') + "'), repeat('y', 5000000)"));
  const Message row = talk.Await("DE");
  EXPECT_THAT(row.body.substr(0, 20), HasSubstr("5000000"));
  EXPECT_THAT(row.body, HasSubstr(std::string(5'000'000, 'y')));
}

// Each row raises a notice of 1 kB, 3 MB in all, that no one reads before all rows are sent.
TEST_P(PostgresStreamTest, LoadsRowsWhileTheServerSendsNotices) {
  cluster().Psql(
      "DROP TABLE IF EXISTS noisy; CREATE TABLE noisy (x text);"
      "CREATE OR REPLACE FUNCTION noise() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN RAISE NOTICE '%', repeat('n', 1000); RETURN NEW; END $$;"
      "CREATE TRIGGER noise BEFORE INSERT ON noisy FOR EACH ROW EXECUTE FUNCTION noise()");
  const auto connection = Connect();
  Talk talk(*connection);
  ASSERT_TRUE(talk.Query("COPY noisy FROM STDIN"));
  ASSERT_EQ(talk.Await("GE").type, 'G');
  std::string rows;
  for (int i = 0; i < 3000; ++i) rows += std::string(1000, 'r') + '\n';
  ASSERT_TRUE(talk.Send('d', rows));
  ASSERT_TRUE(talk.Send('c', ""));
  EXPECT_EQ(talk.Await("CE").type, 'C');
  EXPECT_EQ(cluster().Psql("SELECT count(*) FROM noisy"), "3000");
}

TEST_P(PostgresStreamTest, CancelEndsABlockedRead) {
  const auto connection = Connect();
  Talk talk(*connection);
  ASSERT_TRUE(talk.Query("SELECT pg_sleep(60)"));
  std::thread canceller([this] {
    usleep(50'000);
    cancel_.Cancel();
  });
  uint8_t buffer[100];
  uint64_t wait_nanos = 0;
  const auto read = connection->Read(buffer, &wait_nanos);
  canceller.join();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInterrupted);
  EXPECT_GT(wait_nanos, 0u);
}

TEST_P(PostgresStreamTest, CancelsTheStatementAndKeepsTheSession) {
  const auto connection = Connect();
  Talk talk(*connection);
  ASSERT_TRUE(talk.Query("SELECT pg_sleep(60)"));
  while (cluster().Psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0") usleep(10'000);
  const Status cancelled = connection->CancelStatement(MonotonicNanos() + 10'000'000'000u);
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_THAT(talk.Await("E").body, HasSubstr("57014"));
  EXPECT_EQ(talk.Await("Z").body, "I");
  ASSERT_TRUE(talk.Query("SELECT 42"));
  EXPECT_THAT(talk.Await("D").body, HasSubstr("42"));
}

// The backend is ended while we load: the load fails at some point, and the reason is still there to be read.
TEST_P(PostgresStreamTest, AServerThatEndsTheSessionIsAnErrorWithItsReason) {
  cluster().Psql("CREATE TABLE IF NOT EXISTS quiet (x text)");
  const auto connection = Connect();
  Talk talk(*connection);
  ASSERT_TRUE(talk.Query("COPY quiet FROM STDIN"));
  ASSERT_EQ(talk.Await("GE").type, 'G');
  EXPECT_EQ(
      cluster().Psql("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE query LIKE 'COPY quiet%'"),
      "t");
  const std::string rows(64 << 10, 'r');
  Status sent;
  for (int i = 0; i < 100 && sent; ++i) sent = talk.Send('d', rows);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kConnection);
  EXPECT_EQ(sent.error().message, "the server closed the connection");
  const Message reason = talk.Await("E");
  EXPECT_EQ(reason.type, 'E');
  EXPECT_THAT(reason.body, HasSubstr("57P01"));
  EXPECT_EQ(talk.Receive().type, 0);
}

TEST(PostgresConnectTest, AServerThatCrashesEndsTheStream) {
  for (const Via via : {Via::kTls, Via::kUnixSocket}) {
    auto cluster = test::TestCluster::Start({.tls = via == Via::kTls}).value();
    CancelToken cancel;
    const auto connection = ConnectPostgres(Target(*cluster, via), cancel).value();
    Talk talk(*connection);
    ASSERT_TRUE(talk.Query("SELECT pg_sleep(60)"));
    std::thread killer([&] { cluster->Stop(/*immediate=*/true); });
    while (talk.Receive().type != 0) {
    }
    killer.join();
    Status sent;
    for (int i = 0; i < 100 && sent; ++i) sent = talk.Query(std::string(64 << 10, ' '));
    EXPECT_FALSE(sent);
  }
}

// Passes connections on to a server and keeps what its clients send, in the order in which they came.
class RecordingProxy {
 public:
  explicit RecordingProxy(uint16_t target_port) : target_port_(target_port) {
    thread_ = std::thread([this] { Serve(); });
  }
  ~RecordingProxy() { Stop(); }
  void SetTarget(uint16_t port) { target_port_ = port; }
  uint16_t port() const { return server_.port(); }
  // What each connection has sent; no more is passed on.
  std::vector<std::string> Stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
    std::vector<std::string> sent;
    for (const Pair& pair : pairs_) sent.push_back(pair.sent);
    return sent;
  }

 private:
  struct Pair {
    Peer client;
    Peer server;
    std::string sent;
  };

  void Serve() {
    while (!stopped_) {
      Peer client = server_.Accept(/*timeout_millis=*/1);
      if (client.fd() >= 0) pairs_.push_back({std::move(client), Dial(), ""});
      for (Pair& pair : pairs_) {
        pair.sent += Pass(pair.client, pair.server);
        Pass(pair.server, pair.client);
      }
    }
  }
  Peer Dial() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(target_port_);
    Peer peer(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(peer.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return peer;
  }
  static std::string Pass(Peer& from, Peer& to) {
    char buffer[4096];
    const ssize_t size = recv(from.fd(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (size == 0) to.Close();
    if (size <= 0) return "";
    const std::string bytes(buffer, static_cast<size_t>(size));
    to.Send(bytes);
    return bytes;
  }

  FakeServer server_;
  std::atomic<uint16_t> target_port_;
  std::atomic<bool> stopped_ = false;
  std::vector<Pair> pairs_;
  std::thread thread_;
};

constexpr std::string_view kCancelCode = "\x04\xd2\x16\x2e";
constexpr std::string_view kTlsRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);

TEST(PostgresCancelTest, GoesThroughTlsWhereTheSessionDoes) {
  for (const bool tls : {false, true}) {
    RecordingProxy proxy(Cluster(tls).port());
    PostgresTarget target = Target(Cluster(tls), Via::kTcp);
    target.port = proxy.port();
    CancelToken cancel;
    const auto connection = ConnectPostgres(target, cancel).value();
    const Status cancelled = connection->CancelStatement(MonotonicNanos() + 10'000'000'000u);
    EXPECT_TRUE(cancelled) << cancelled.error().message;
    const std::vector<std::string> sent = proxy.Stop();
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[1].starts_with(kTlsRequest), tls);
    EXPECT_EQ(sent[1].find(kCancelCode) != std::string::npos, !tls);
  }
}

TEST(PostgresCancelTest, TheKeyIsNotGivenToAServerWithAnotherCertificate) {
  const auto other = test::TestCluster::Start({.tls = true}).value();
  RecordingProxy proxy(Cluster(true).port());
  PostgresTarget target = Target(Cluster(true), Via::kTcp);
  target.port = proxy.port();
  CancelToken cancel;
  const auto connection = ConnectPostgres(target, cancel).value();
  proxy.SetTarget(other->port());
  const Status cancelled = connection->CancelStatement(MonotonicNanos() + 10'000'000'000u);
  ASSERT_FALSE(cancelled);
  EXPECT_THAT(cancelled.error().message, HasSubstr("another certificate"));
}

Error RefusedWith(const PostgresTarget& target) {
  CancelToken cancel;
  const auto connected = ConnectPostgres(target, cancel);
  if (connected) return Fail(ErrorCode::kInternal, "it connected").value();
  EXPECT_EQ(connected.error().code, ErrorCode::kConnection);
  EXPECT_THAT(connected.error().message, Not(HasSubstr("\n")));
  EXPECT_FALSE(connected.error().hint.empty());
  return connected.error();
}

TEST(PostgresConnectTest, WrongPasswordNamesTheUserAndNotThePassword) {
  for (const Via via : {Via::kTcp, Via::kTls}) {
    PostgresTarget target = Target(Cluster(via == Via::kTls), via);
    target.password = "wrong-and-secret";
    const Error error = RefusedWith(target);
    EXPECT_THAT(error.message, HasSubstr("password authentication failed for user \"postgres\""));
    EXPECT_THAT(error.message + error.hint, Not(HasSubstr("wrong-and-secret")));
    EXPECT_THAT(error.message, Not(HasSubstr("28P01")));
    EXPECT_THAT(error.hint, HasSubstr("password"));
    EXPECT_FALSE(error.retryable);
  }
}

TEST(PostgresConnectTest, NoPasswordAsksForOne) {
  PostgresTarget target = Target(Cluster(false), Via::kTcp);
  target.password.clear();
  EXPECT_THAT(RefusedWith(target).hint, HasSubstr("set the password"));
}

TEST(PostgresConnectTest, UnknownRoleAndDatabaseAreNamed) {
  PostgresTarget target = Target(Cluster(false), Via::kUnixSocket);
  target.user = "no such role";
  EXPECT_THAT(RefusedWith(target).message, HasSubstr("role \"no such role\" does not exist"));
  target = Target(Cluster(false), Via::kUnixSocket);
  target.database = "host=elsewhere";  // a name, not a connection string
  const Error error = RefusedWith(target);
  EXPECT_THAT(error.message, HasSubstr("database \"host=elsewhere\" does not exist"));
  EXPECT_THAT(error.hint, HasSubstr("database"));
}

TEST(PostgresConnectTest, NoServerIsRefused) {
  PostgresTarget target = Target(Cluster(false), Via::kTcp);
  target.port = 1;
  const Error error = RefusedWith(target);
  EXPECT_THAT(error.message, HasSubstr("port 1 failed: Connection refused"));
  EXPECT_THAT(error.hint, HasSubstr("is the server running"));
  EXPECT_TRUE(error.retryable);
}

TEST(PostgresConnectTest, MissingSocketAndUnknownHostAreNamed) {
  PostgresTarget target = Target(Cluster(false), Via::kUnixSocket);
  target.host = "/no/such/folder";
  EXPECT_THAT(RefusedWith(target).message, HasSubstr("/no/such/folder"));
  target.host = "no-such-host.invalid";
  EXPECT_THAT(RefusedWith(target).message, HasSubstr("no-such-host.invalid"));
}

TEST(PostgresConnectTest, CancelEndsConnecting) {
  FakeServer server;  // accepts, and never answers
  PostgresTarget target = server.Target();
  target.connect_timeout_ms = 0;
  CancelToken cancel;
  std::thread canceller([&] {
    usleep(50'000);
    cancel.Cancel();
  });
  const auto connected = ConnectPostgres(target, cancel);
  canceller.join();
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace rapidbyte::net
