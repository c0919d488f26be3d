// The stream over socket pairs: both sides are in the test's hands.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/stream_connection.h"

namespace rapidbyte::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StreamConnectionTest : public ::testing::Test {
 protected:
  StreamConnectionTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_), 0);
    transport_ = MakeSocketTransport(fds_[0]);
    connection_ = std::make_unique<StreamConnection>(*transport_, fds_[0], cancel_);
  }
  ~StreamConnectionTest() override {
    close(fds_[0]);
    ClosePeer();
  }

  void ClosePeer() {
    if (fds_[1] >= 0) close(fds_[1]);
    fds_[1] = -1;
  }
  void PeerSends(std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fds_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0);
      bytes = bytes.subspan(static_cast<size_t>(sent));
    }
  }
  size_t PeerReceives(size_t size) {
    std::vector<uint8_t> buffer(size);
    size_t total = 0;
    while (total < size) {
      const ssize_t received = recv(fds_[1], buffer.data(), size - total, 0);
      if (received <= 0) break;
      total += static_cast<size_t>(received);
    }
    return total;
  }
  std::vector<uint8_t> ReadAll() {
    std::vector<uint8_t> all, buffer(70'000);
    for (;;) {
      const auto read = connection_->Read(buffer, &wait_nanos_);
      if (!read || *read == 0) return all;
      all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(*read));
    }
  }

  CancelToken cancel_;
  int fds_[2] = {-1, -1};
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<StreamConnection> connection_;
  uint64_t wait_nanos_ = 0;
};

TEST_F(StreamConnectionTest, ReadsWhatIsThereAndThenTheEnd) {
  PeerSends(std::vector<uint8_t>{1, 2, 3});
  ClosePeer();
  EXPECT_THAT(ReadAll(), ElementsAre(1, 2, 3));
  uint8_t byte = 0;
  EXPECT_EQ(connection_->Read({&byte, 1}, &wait_nanos_).value(), 0u);
}

TEST_F(StreamConnectionTest, WaitsForBytesAndCountsTheWait) {
  std::thread peer([this] {
    usleep(20'000);
    PeerSends(std::vector<uint8_t>{7});
  });
  uint8_t byte = 0;
  EXPECT_EQ(connection_->Read({&byte, 1}, &wait_nanos_).value(), 1u);
  peer.join();
  EXPECT_EQ(byte, 7);
  EXPECT_GT(wait_nanos_, 0u);
}

TEST_F(StreamConnectionTest, CancelEndsABlockedRead) {
  std::thread canceller([this] {
    usleep(20'000);
    cancel_.Cancel();
  });
  uint8_t byte = 0;
  const auto read = connection_->Read({&byte, 1}, &wait_nanos_);
  canceller.join();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(connection_->Write({&byte, 1}, &wait_nanos_).error().code, ErrorCode::kInterrupted);
}

TEST_F(StreamConnectionTest, CancelEndsABlockedWrite) {
  std::thread canceller([this] {
    usleep(20'000);
    cancel_.Cancel();
  });
  const auto written = connection_->Write(std::vector<uint8_t>(8 << 20), &wait_nanos_);
  canceller.join();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kInterrupted);
}

TEST_F(StreamConnectionTest, WritesToAPeerThatReadsOnlyOnceItsOwnBytesAreTaken) {
  const std::vector<uint8_t> answer(1 << 20, 9), load(1 << 20, 1);
  size_t received = 0;
  std::thread peer([&] {
    PeerSends(answer);  // more than the socket holds: blocks until our side takes it
    received = PeerReceives(load.size());
    ClosePeer();
  });
  EXPECT_TRUE(connection_->Write(load, &wait_nanos_));
  peer.join();
  EXPECT_EQ(received, load.size());
  EXPECT_EQ(ReadAll(), answer);
}

// Two writes that each keep bytes, with a read in between that leaves some of them.
TEST_F(StreamConnectionTest, KeepsTheOrderOfBytesWhenSomeWereTakenBetweenWrites) {
  std::vector<uint8_t> answer(1 << 20);
  for (size_t i = 0; i < answer.size(); ++i) answer[i] = static_cast<uint8_t>(i % 251);
  const std::vector<uint8_t> load(1 << 20, 1);
  std::thread peer([&] {
    for (int round = 0; round < 2; ++round) {
      PeerSends(answer);
      PeerReceives(load.size());
    }
    ClosePeer();
  });
  EXPECT_TRUE(connection_->Write(load, &wait_nanos_));
  std::vector<uint8_t> head(1000);
  EXPECT_EQ(connection_->Read(head, &wait_nanos_).value(), head.size());
  EXPECT_TRUE(connection_->Write(load, &wait_nanos_));
  peer.join();
  std::vector<uint8_t> all = head;
  const std::vector<uint8_t> rest = ReadAll();
  all.insert(all.end(), rest.begin(), rest.end());
  std::vector<uint8_t> expected = answer;
  expected.insert(expected.end(), answer.begin(), answer.end());
  EXPECT_TRUE(all == expected);
}

TEST_F(StreamConnectionTest, RefusesToKeepWithoutBound) {
  std::thread peer([&] {
    const std::vector<uint8_t> chunk(64 << 10, 9);
    for (;;) {
      if (send(fds_[1], chunk.data(), chunk.size(), MSG_NOSIGNAL) <= 0) return;
    }
  });
  const auto written = connection_->Write(std::vector<uint8_t>(8 << 20), &wait_nanos_);
  shutdown(fds_[0], SHUT_RDWR);
  peer.join();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kConnection);
  EXPECT_THAT(written.error().message, HasSubstr("4 MiB"));
}

TEST_F(StreamConnectionTest, AfterAFailedWriteGivesWhatThePeerSaidBefore) {
  PeerSends(std::vector<uint8_t>{4, 5, 6});
  ClosePeer();
  const std::vector<uint8_t> load(1 << 20);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto written = connection_->Write(load, &wait_nanos_);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kConnection);
    EXPECT_EQ(written.error().message, "the server closed the connection");
    EXPECT_TRUE(written.error().retryable);
  }
  EXPECT_THAT(ReadAll(), ElementsAre(4, 5, 6));
}

TEST(CancelTokenTest, IsReadableOnceCancelledAndStaysSo) {
  const auto readable = [](const CancelToken& token) {
    pollfd polled{token.fd(), POLLIN, 0};
    return poll(&polled, 1, 0) == 1;
  };
  CancelToken token;
  EXPECT_FALSE(token.cancelled());
  EXPECT_FALSE(readable(token));
  for (int repeat = 0; repeat < 2; ++repeat) {
    token.Cancel();
    EXPECT_TRUE(token.cancelled());
    EXPECT_TRUE(readable(token));
  }
}

}  // namespace
}  // namespace rapidbyte::net
