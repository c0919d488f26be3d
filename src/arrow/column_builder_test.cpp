#include "arrow/column_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace rapidbyte::arrow {
namespace {

bool Bit(const GrowingBuffer& bits, uint32_t row) { return ((bits.data()[row / 8] >> (row % 8)) & 1) != 0; }

std::vector<int32_t> Offsets(const ColumnBuilder& column) {
  std::vector<int32_t> offsets;
  for (size_t at = 0; at < column.offsets().size(); at += 4) {
    offsets.push_back(LoadLittleEndian<int32_t>(column.offsets().data() + at));
  }
  return offsets;
}

TEST(GrowingBuffer, KeepsItsContentWhileGrowing) {
  GrowingBuffer buffer;
  for (uint32_t i = 0; i < 1000; ++i) *buffer.Extend(1) = static_cast<uint8_t>(i);
  ASSERT_EQ(buffer.size(), 1000u);
  for (uint32_t i = 0; i < 1000; ++i) ASSERT_EQ(buffer.data()[i], static_cast<uint8_t>(i));
}

TEST(GrowingBuffer, ClearKeepsTheMemory) {
  GrowingBuffer buffer;
  const uint8_t* before = buffer.Extend(5000);
  buffer.Clear();
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_EQ(buffer.Extend(5000), before);
}

TEST(ColumnBuilder, HasNoValidityWithoutNulls) {
  ColumnBuilder column(TypeId::kInt32);
  for (int32_t i = 0; i < 100; ++i) column.AppendFixed(i);
  EXPECT_EQ(column.null_count(), 0u);
  EXPECT_EQ(column.validity().size(), 0u);
  EXPECT_EQ(column.length(), 100u);
}

TEST(ColumnBuilder, ValidityIsRightWhereverTheFirstNullComes) {
  for (uint32_t first = 0; first < 20; ++first) {
    ColumnBuilder column(TypeId::kInt32);
    for (uint32_t row = 0; row < 40; ++row) {
      if (row == first || row == first + 3) {
        column.AppendNull();
      } else {
        column.AppendFixed(static_cast<int32_t>(row));
      }
    }
    ASSERT_EQ(column.null_count(), 2u);
    ASSERT_EQ(column.validity().size(), 5u);
    for (uint32_t row = 0; row < 40; ++row) {
      const bool valid = row != first && row != first + 3;
      ASSERT_EQ(Bit(column.validity(), row), valid) << "first null " << first << ", row " << row;
      ASSERT_EQ(LoadLittleEndian<int32_t>(column.values().data() + 4 * row), valid ? static_cast<int32_t>(row) : 0);
    }
  }
}

TEST(ColumnBuilder, BoolsAreBits) {
  ColumnBuilder column(TypeId::kBool);
  for (uint32_t row = 0; row < 19; ++row) {
    if (row == 9) {
      column.AppendNull();
    } else {
      column.AppendBool(row % 3 == 0);
    }
  }
  ASSERT_EQ(column.values().size(), 3u);
  for (uint32_t row = 0; row < 19; ++row) EXPECT_EQ(Bit(column.values(), row), row != 9 && row % 3 == 0) << row;
}

TEST(ColumnBuilder, OffsetsBeginAtZeroAndNullsAreEmpty) {
  ColumnBuilder column(TypeId::kUtf8);
  EXPECT_EQ(Offsets(column), (std::vector<int32_t>{0}));
  column.AppendBytes(reinterpret_cast<const uint8_t*>("abc"), 3);
  column.AppendNull();
  column.AppendBytes(nullptr, 0);
  column.AppendBytes(reinterpret_cast<const uint8_t*>("de"), 2);
  EXPECT_EQ(Offsets(column), (std::vector<int32_t>{0, 3, 3, 3, 5}));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(column.values().data()), column.values().size()), "abcde");
}

TEST(ColumnBuilder, ResetForgetsEverything) {
  ColumnBuilder column(TypeId::kUtf8);
  column.AppendNull();
  column.AppendBytes(reinterpret_cast<const uint8_t*>("abc"), 3);
  column.Reset();
  EXPECT_EQ(column.length(), 0u);
  EXPECT_EQ(column.null_count(), 0u);
  EXPECT_EQ(column.values().size(), 0u);
  EXPECT_EQ(Offsets(column), (std::vector<int32_t>{0}));
  column.AppendBytes(reinterpret_cast<const uint8_t*>("x"), 1);
  column.AppendNull();
  EXPECT_TRUE(Bit(column.validity(), 0));
  EXPECT_FALSE(Bit(column.validity(), 1));
}

TEST(GrowingBuffer, GivesBackWhatIsLargeOnly) {
  GrowingBuffer buffer;
  const uint8_t* small = buffer.Extend(1000);
  buffer.GiveBack();
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_EQ(buffer.data(), small);
  buffer.Extend(40 << 20);
  buffer.GiveBack();
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_EQ(buffer.data(), nullptr);
  std::memset(buffer.Extend(10), 'x', 10);
  EXPECT_EQ(buffer.size(), 10u);
}

TEST(ColumnBuilder, GiveBackForgetsEverything) {
  ColumnBuilder column(TypeId::kUtf8);
  const std::string large(20 << 20, 'x');
  column.AppendBytes(reinterpret_cast<const uint8_t*>(large.data()), large.size());
  column.GiveBack();
  EXPECT_EQ(column.length(), 0u);
  EXPECT_EQ(Offsets(column), (std::vector<int32_t>{0}));
  column.AppendBytes(reinterpret_cast<const uint8_t*>("abc"), 3);
  EXPECT_EQ(Offsets(column), (std::vector<int32_t>{0, 3}));
}

TEST(ColumnBuilder, BytesGrowWithTheContent) {
  ColumnBuilder column(TypeId::kInt64);
  const size_t before = column.bytes();
  column.AppendFixed(int64_t{1});
  EXPECT_GE(column.bytes(), before + 8);
}

}  // namespace
}  // namespace rapidbyte::arrow
