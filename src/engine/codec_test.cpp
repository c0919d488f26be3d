#include "engine/codec.h"

#include <gtest/gtest.h>

#include <string>

namespace rapidbyte::engine {
namespace {

class CodecTest : public testing::TestWithParam<Compression> {
 protected:
  std::unique_ptr<Codec> codec_ = MakeCodec(GetParam());
};

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::span<const uint8_t> Bytes(const Buffer& buffer) { return {buffer.data(), buffer.size()}; }

std::span<uint8_t> Room(std::string& text) { return {reinterpret_cast<uint8_t*>(text.data()), text.size()}; }

std::string Repetitive(size_t size) {
  std::string text;
  while (text.size() < size) text += "row " + std::to_string(text.size() % 977) + ", ";
  return text.substr(0, size);
}

// Bytes without any pattern, which no codec makes smaller.
std::string Noise(size_t size) {
  std::string text(size, '\0');
  uint32_t state = 42;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return text;
}

TEST_P(CodecTest, RoundTripsMessagesOfAllSizesThroughOneBuffer) {
  Buffer compressed;
  for (const size_t size : {size_t{1}, size_t{100}, size_t{70'000}, size_t{3} << 20, size_t{10}}) {
    for (const std::string& message : {Repetitive(size), Noise(size)}) {
      ASSERT_TRUE(codec_->Compress(Bytes(message), compressed));
      std::string back(message.size(), '?');
      ASSERT_TRUE(codec_->Decompress(Bytes(compressed), Room(back)));
      EXPECT_EQ(back, message);
    }
  }
}

TEST_P(CodecTest, MakesRepetitionSmaller) {
  Buffer compressed;
  const std::string message = Repetitive(1 << 20);
  ASSERT_TRUE(codec_->Compress(Bytes(message), compressed));
  if (GetParam() == Compression::kNone) {
    EXPECT_EQ(compressed.size(), message.size());
  } else {
    EXPECT_LT(compressed.size(), message.size() / 4);
  }
}

TEST_P(CodecTest, RefusesAnotherSizeThanTheOriginal) {
  Buffer compressed;
  ASSERT_TRUE(codec_->Compress(Bytes(Repetitive(1000)), compressed));
  for (const size_t size : {0, 999, 1001, 5000}) {
    std::string back(size, '?');
    const Status done = codec_->Decompress(Bytes(compressed), Room(back));
    ASSERT_FALSE(done) << size;
    EXPECT_EQ(done.error().code, ErrorCode::kData);
  }
}

TEST_P(CodecTest, RefusesATruncatedFrame) {
  Buffer compressed;
  const std::string message = Noise(1000);
  ASSERT_TRUE(codec_->Compress(Bytes(message), compressed));
  std::string back(message.size(), '?');
  for (size_t size = 0; size < compressed.size(); size += 7) {
    EXPECT_FALSE(codec_->Decompress({compressed.data(), size}, Room(back))) << size;
  }
}

// Whatever the bytes are: an error or an answer, and never a byte outside of the room that was given.
TEST_P(CodecTest, SurvivesDamage) {
  Buffer compressed;
  const std::string message = Repetitive(5000);
  ASSERT_TRUE(codec_->Compress(Bytes(message), compressed));
  constexpr size_t kGuard = 64;
  for (size_t i = 0; i < compressed.size(); i += 3) {
    compressed.data()[i] ^= 0xa5;
    std::string back(message.size() + kGuard, '#');
    static_cast<void>(codec_->Decompress(Bytes(compressed), Room(back).first(message.size())));
    EXPECT_EQ(back.substr(message.size()), std::string(kGuard, '#')) << i;
    compressed.data()[i] ^= 0xa5;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CodecTest, testing::Values(Compression::kNone, Compression::kLz4, Compression::kZstd),
                         [](const auto& values) { return std::string(Name(values.param)); });

}  // namespace
}  // namespace rapidbyte::engine
