#include "arrow/column_builder.h"

#include <algorithm>
#include <utility>

namespace rapidbyte::arrow {

void GrowingBuffer::Grow(size_t bytes) {
  constexpr size_t max_bytes = PTRDIFF_MAX;  // what one allocation can be, also where addresses have 32 bits
  constexpr size_t min_bytes = 64;
  RB_CHECK(bytes <= max_bytes - size_);
  // Twice as much while it is small or grows value by value. A value far above the others gets what it needs.
  const size_t spare = bytes > kLargeBytes ? 0 : capacity_ < kLargeBytes ? capacity_ : capacity_ / 2;
  capacity_ = std::max({size_ + bytes, capacity_ <= max_bytes - spare ? capacity_ + spare : max_bytes, min_bytes});
  if (size_ == 0) data_.reset();  // first, so that both need not fit
  auto grown = std::unique_ptr<uint8_t[]>(new uint8_t[capacity_]);
  if (size_ != 0) std::memcpy(grown.get(), data_.get(), size_);
  data_ = std::move(grown);
}

void GrowingBuffer::GiveBack() {
  size_ = 0;
  if (capacity_ <= kLargeBytes) return;
  data_.reset();
  capacity_ = 0;
}

ColumnBuilder::ColumnBuilder(TypeId type) : type_(type) { Reset(); }

void ColumnBuilder::Reset() {
  length_ = 0;
  null_count_ = 0;
  values_.Clear();
  offsets_.Clear();
  validity_.Clear();
  if (IsVariableWidth(type_)) AppendOffset();
}

void ColumnBuilder::GiveBack() {
  values_.GiveBack();
  Reset();
}

void ColumnBuilder::AppendNull() {
  if (null_count_ == 0) StartValidity();
  ++null_count_;
  if (type_ == TypeId::kBool) {
    AppendBit(values_, false);
  } else if (IsVariableWidth(type_)) {
    AppendOffset();
  } else {
    const uint32_t width = FixedWidth(type_);
    std::memset(values_.Extend(width), 0, width);
  }
  AppendBit(validity_, false);
  ++length_;
}

void ColumnBuilder::StartValidity() {
  validity_.Clear();
  const size_t bytes = (size_t{length_} + 7) / 8;
  uint8_t* bits = validity_.Extend(bytes);
  if (bytes == 0) return;
  std::memset(bits, 0xff, bytes);
  // AppendBit only ever sets bits, so those of rows to come must be clear.
  if (length_ % 8 != 0) bits[bytes - 1] = static_cast<uint8_t>((1u << (length_ % 8)) - 1);
}

}  // namespace rapidbyte::arrow
