// Connections to servers that do what no PostgreSQL does, or only a broken one, or one whose machine is gone.
#include "net/fake_server.h"

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <thread>

#include "base/clock.h"
#include "net/connection.h"

namespace rapidbyte::net {
namespace {

using ::testing::HasSubstr;

uint64_t InMillis(uint64_t millis) { return MonotonicNanos() + millis * 1'000'000u; }

class FakeServerTest : public ::testing::Test {
 protected:
  ~FakeServerTest() override {
    if (thread_.joinable()) thread_.join();
  }

  // Connects while the server's side of it runs on a thread.
  Result<std::unique_ptr<Connection>> Connect(const PostgresTarget& target, const std::function<void(Peer&)>& serve) {
    thread_ = std::thread([this, serve] {
      Peer peer = server_.Accept();
      serve(peer);
      session_.emplace_back(std::move(peer));
    });
    auto connected = ConnectPostgres(target, cancel_);
    thread_.join();
    return connected;
  }
  std::unique_ptr<Connection> Session(uint64_t silence_limit_ms = 60'000) {
    PostgresTarget target = server_.Target();
    target.silence_limit_ms = silence_limit_ms;
    auto connected = Connect(target, [](Peer& peer) {
      peer.Authenticate();
      peer.BeReady();
    });
    EXPECT_TRUE(connected);
    return std::move(*connected);
  }
  Peer& session() { return session_.at(0); }
  Result<size_t> Read(Connection& connection) {
    uint8_t buffer[100];
    return connection.Read(buffer, &wait_nanos_);
  }

  FakeServer server_;
  CancelToken cancel_;
  std::vector<Peer> session_;
  std::thread thread_;
  uint64_t wait_nanos_ = 0;
};

// "a" is "b": a parameter's status.
const std::string kParameter(
    "S\0\0\0\x08"
    "a\0b\0",
    9);

TEST_F(FakeServerTest, TheConnectLimitHoldsAgainstASilentServer) {
  const auto connected = Connect(server_.Target(), [](Peer&) {});
  ASSERT_FALSE(connected);
  EXPECT_THAT(connected.error().message, HasSubstr("timeout expired after 1 s"));
}

TEST_F(FakeServerTest, TheConnectLimitHoldsAgainstAServerThatNeverStopsSending) {
  const auto connected = Connect(server_.Target(), [](Peer& peer) {
    peer.Authenticate();
    // For ten seconds or until the client is gone.
    const uint64_t deadline = InMillis(10'000);
    while (MonotonicNanos() < deadline && peer.Send(kParameter))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  ASSERT_FALSE(connected);
  EXPECT_THAT(connected.error().message, HasSubstr("timeout expired after 1 s"));
}

TEST_F(FakeServerTest, AServerThatSaysMoreThanAnyServerIsNotListenedTo) {
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += kParameter;
  PostgresTarget target = server_.Target();
  target.connect_timeout_ms = 0;
  const auto connected = Connect(target, [&](Peer& peer) {
    peer.Authenticate();
    while (peer.Send(flood)) {
    }
  });
  ASSERT_FALSE(connected);
  EXPECT_THAT(connected.error().message, HasSubstr("it sent more than 1024 KiB before it was ready"));
}

TEST_F(FakeServerTest, CancellingSendsTheKeyOfTheSessionOnAnotherConnection) {
  const auto connection = Session();
  std::string request;
  thread_ = std::thread([&] { request = server_.Accept().Receive(16); });
  EXPECT_TRUE(connection->CancelStatement(InMillis(10'000)));
  thread_.join();
  EXPECT_EQ(request, std::string("\0\0\0\x10\x04\xd2\x16\x2e\x01\x02\x03\x04\xff\xfe\xfd\xfc", 16));
}

TEST_F(FakeServerTest, CancellingHasADeadline) {
  const auto connection = Session();
  // It is connected to by the kernel's queue, and nobody takes the request.
  const Status cancelled = connection->CancelStatement(InMillis(200));
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kConnection);
  EXPECT_THAT(cancelled.error().message, HasSubstr("cancel the statement: timeout expired"));
}

TEST_F(FakeServerTest, ASessionWithoutAKeyHasNothingToCancel) {
  auto connected = Connect(server_.Target(), [](Peer& peer) {
    peer.Authenticate();
    peer.Send(std::string("Z\0\0\0\x05I", 6));
  });
  ASSERT_TRUE(connected);
  EXPECT_TRUE((*connected)->CancelStatement(InMillis(10'000)));
  EXPECT_EQ(server_.Accept(0).fd(), -1) << "connected all the same";
}

TEST_F(FakeServerTest, AServerThatAcknowledgesNothingIsGone) {
  const auto connection = Session(/*silence_limit_ms=*/1000);
  session().FallSilent();
  const uint8_t query[] = {'Q', 0, 0, 0, 5, 0};
  ASSERT_TRUE(connection->Write(query, &wait_nanos_));
  const auto read = Read(*connection);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kConnection);
  EXPECT_EQ(read.error().message, "the server has acknowledged nothing for 1 s");
}

TEST_F(FakeServerTest, AServerThatIsGoneWhileNothingIsUnderWayIsNoticed) {
  const auto connection = Session(/*silence_limit_ms=*/1000);
  session().FallSilent();
  const auto read = Read(*connection);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kConnection);  // whether the kernel gives up first or we do
}

// As one that waits for a lock in the middle of COPY: it takes no more bytes, but its kernel answers.
TEST_F(FakeServerTest, AServerThatOnlyTakesNothingForNowIsWaitedFor) {
  const auto connection = Session(/*silence_limit_ms=*/500);
  const std::vector<uint8_t> rows(32 << 20);
  thread_ = std::thread([&] {
    std::this_thread::sleep_for(std::chrono::seconds(3));
    EXPECT_EQ(session().Receive(rows.size()).size(), rows.size());
  });
  const Status written = connection->Write(rows, &wait_nanos_);
  EXPECT_TRUE(written) << written.error().message;
}

}  // namespace
}  // namespace rapidbyte::net
