#include "sampler/spool.h"

#include <gtest/gtest.h>

#include <cstring>

#include "sampler/perf_record.h"

namespace rapidbyte::sampler {
namespace {

std::vector<std::byte> RecordOf(uint32_t number, uint16_t size) {
  std::vector<std::byte> bytes(size);
  const perf_event_header header{number, 0, size};
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

// Two blocks fit into memory, the others go to the file.
TEST(SpoolTest, KeepsTheOrderFromMemoryToDisk) {
  SpoolStore store(2 * SpoolStore::kBlockBytes);
  Spool spool(store), other(store);
  constexpr uint32_t kRecords = 2000;
  for (uint32_t i = 0; i < kRecords; ++i) {
    const auto size = static_cast<uint16_t>(8 + i * 8 % 5000);
    ASSERT_TRUE(spool.Append(RecordOf(i, size)));
    const uint32_t elsewhere = i % 100 == 0 ? 1 : 0;
    for (uint32_t j = 0; j < elsewhere; ++j) ASSERT_TRUE(other.Append(RecordOf(i, 64)));
  }
  for (int pass = 0; pass < 2; ++pass) {
    for (uint32_t i = 0; i < kRecords; ++i) {
      const auto bytes = spool.Next();
      const auto record = ParseHeader(bytes);
      ASSERT_TRUE(record) << i;
      ASSERT_EQ(record->type, i);
      ASSERT_EQ(bytes.size(), 8 + i * 8 % 5000);
    }
    EXPECT_TRUE(spool.Next().empty());
    spool.Rewind();
  }
  EXPECT_EQ(other.Next().size(), 64u);
}

}  // namespace
}  // namespace rapidbyte::sampler
