#include "engine/channel.h"

#include <gtest/gtest.h>

#include <cstring>
#include <future>
#include <string>
#include <thread>

namespace rapidbyte::engine {
namespace {

using namespace std::chrono_literals;

Frame FrameOf(const std::string& text) {
  Frame frame;
  frame.bytes.Reserve(text.size());
  frame.bytes.Resize(text.size());
  std::memcpy(frame.bytes.data(), text.data(), text.size());
  frame.raw_size = static_cast<uint32_t>(text.size());
  return frame;
}

std::string TextOf(const Frame& frame) {
  return {reinterpret_cast<const char*>(frame.bytes.data()), frame.bytes.size()};
}

Error Reason(const std::string& message) { return {ErrorCode::kSource, message}; }

// Runs `call` on another thread and waits until it is seen to block there, which is when `wait` is still running after
// a while; a call that does not block fails the test.
template <typename Call>
auto Blocked(Call call) {
  auto result = std::async(std::launch::async, call);
  EXPECT_EQ(result.wait_for(30ms), std::future_status::timeout) << "the call should block";
  return result;
}

TEST(Channel, KeepsOrderAndEndsEachStreamOnce) {
  Channel channel(8, 1000);
  uint64_t wait = 0;
  ASSERT_TRUE(channel.Push(FrameOf("a"), &wait));
  ASSERT_TRUE(channel.Push(FrameOf("b"), &wait));
  channel.EndStream();
  ASSERT_TRUE(channel.Push(FrameOf("c"), &wait));
  channel.EndStream();
  std::string seen;
  for (int i = 0; i < 5; ++i) {
    auto frame = channel.Pop(&wait);
    ASSERT_TRUE(frame);
    seen += *frame ? TextOf(**frame) : ".";
  }
  EXPECT_EQ(seen, "ab.c.");
  EXPECT_EQ(wait, 0u) << "nobody had to wait";
}

TEST(Channel, BlocksAtTheBoundOfFramesAndReportsTheWait) {
  Channel channel(2, 1000);
  uint64_t wait = 0;
  ASSERT_TRUE(channel.Push(FrameOf("a"), &wait));
  ASSERT_TRUE(channel.Push(FrameOf("b"), &wait));
  uint64_t push_wait = 0;
  auto pushed = Blocked([&] { return channel.Push(FrameOf("c"), &push_wait); });
  EXPECT_EQ(TextOf(**channel.Pop(&wait)), "a");
  EXPECT_TRUE(pushed.get());
  EXPECT_GT(push_wait, 0u);
}

TEST(Channel, BlocksAtTheBoundOfBytesButLetsALargeFrameInAlone) {
  Channel channel(8, 10);
  uint64_t wait = 0;
  ASSERT_TRUE(channel.Push(FrameOf("a large frame"), &wait));
  auto pushed = Blocked([&] { return channel.Push(FrameOf("b"), &wait); });
  uint64_t pop_wait = 0;
  EXPECT_EQ(TextOf(**channel.Pop(&pop_wait)), "a large frame");
  EXPECT_TRUE(pushed.get());
}

TEST(Channel, PopBlocksWhileEmptyAndReportsTheWait) {
  Channel channel(2, 1000);
  uint64_t pop_wait = 0;
  auto popped = Blocked([&] { return channel.Pop(&pop_wait); });
  uint64_t wait = 0;
  ASSERT_TRUE(channel.Push(FrameOf("a"), &wait));
  EXPECT_EQ(TextOf(**popped.get()), "a");
  EXPECT_GT(pop_wait, 0u);
}

TEST(Channel, AFailureOfTheProducerComesAfterWhatItHadPushed) {
  Channel channel(8, 1000);
  uint64_t wait = 0;
  ASSERT_TRUE(channel.Push(FrameOf("a"), &wait));
  channel.EndStream();
  channel.BreakStream(Reason("no such table"));
  EXPECT_EQ(TextOf(**channel.Pop(&wait)), "a");
  EXPECT_FALSE(channel.Pop(&wait)->has_value());
  const auto failed = channel.Pop(&wait);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no such table");
}

TEST(Channel, AnAbortOvertakesEverythingAndWakesTheProducer) {
  Channel channel(1, 1000);
  uint64_t wait = 0;
  ASSERT_TRUE(channel.Push(FrameOf("a"), &wait));
  auto pushed = Blocked([&] { return channel.Push(FrameOf("b"), &wait); });
  channel.Abort(Reason("disk full"));
  EXPECT_EQ(pushed.get().error().message, "disk full");
  uint64_t pop_wait = 0;
  EXPECT_EQ(channel.Pop(&pop_wait).error().message, "disk full");
}

TEST(Channel, AnAbortWakesTheConsumer) {
  Channel channel(1, 1000);
  uint64_t wait = 0;
  auto popped = Blocked([&] { return channel.Pop(&wait); });
  channel.Abort(Reason("interrupted"));
  EXPECT_EQ(popped.get().error().message, "interrupted");
}

TEST(Channel, TheConsumersOwnFailureGoesBeforeOneThatItHasNotSeen) {
  Channel channel(8, 1000);
  channel.BreakStream(Reason("of the source"));
  EXPECT_EQ(channel.reason()->message, "of the source");
  channel.Abort(Reason("of the destination"));
  EXPECT_EQ(channel.reason()->message, "of the destination");
}

TEST(Channel, AFailureThatTheConsumerHasSeenStaysTheReason) {
  Channel channel(8, 1000);
  uint64_t wait = 0;
  channel.BreakStream(Reason("of the source"));
  EXPECT_FALSE(channel.Pop(&wait));
  channel.Abort(Reason("the source has failed"));
  EXPECT_EQ(channel.reason()->message, "of the source");
}

TEST(Channel, RecycledBuffersAreUsedAgain) {
  Channel channel(8, 1000);
  Buffer buffer = channel.TakeBuffer();
  buffer.Reserve(100);
  const uint8_t* const place = buffer.data();
  channel.Recycle(std::move(buffer));
  Buffer again = channel.TakeBuffer();
  again.Reserve(50);
  EXPECT_EQ(again.data(), place);
}

TEST(Channel, ManyFramesArriveInOrderFromAnotherThread) {
  Channel channel(4, 64);
  constexpr int kFrames = 20000;
  std::thread producer([&channel] {
    uint64_t wait = 0;
    for (int i = 0; i < kFrames; ++i) EXPECT_TRUE(channel.Push(FrameOf(std::to_string(i)), &wait));
    channel.EndStream();
  });
  uint64_t wait = 0;
  for (int i = 0; i < kFrames; ++i) EXPECT_EQ(TextOf(**channel.Pop(&wait)), std::to_string(i));
  EXPECT_FALSE(channel.Pop(&wait)->has_value());
  producer.join();
}

}  // namespace
}  // namespace rapidbyte::engine
