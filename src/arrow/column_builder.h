// Growing columns: what a source decodes rows into, one value at a time, without an allocation per batch.
//
// A builder keeps its memory across Reset(). Appending is inline, because it is the hot path of every source; the
// buffers are laid out as Arrow's columnar format wants them, so that writing a batch is a copy of each buffer.
// Wasm-safe. One thread at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>

#include "arrow/types.h"
#include "base/check.h"

namespace rapidbyte::arrow {

// Bytes that grow without being cleared first. Capacity is kept by Clear().
class GrowingBuffer {
 public:
  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  void Clear() { size_ = 0; }
  // Clear(), and capacity that only a value far above the others has needed goes.
  void GiveBack();

  // Makes room for `bytes` more and returns where they go; the size grows by `bytes`.
  uint8_t* Extend(size_t bytes) {
    if (bytes > capacity_ - size_) Grow(bytes);
    uint8_t* at = data_.get() + size_;
    size_ += bytes;
    return at;
  }

 private:
  static constexpr size_t kLargeBytes = 16 << 20;

  void Grow(size_t bytes);  // to at least size + bytes

  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

class ColumnBuilder {
 public:
  explicit ColumnBuilder(TypeId type);

  TypeId type() const { return type_; }
  uint32_t length() const { return length_; }
  uint32_t null_count() const { return null_count_; }
  // Bytes held by the values, offsets and validity so far: what the column will weigh in a batch, before padding.
  size_t bytes() const { return values_.size() + offsets_.size() + (length_ + 7) / 8; }

  void Reset();
  void GiveBack();  // Reset(), with GrowingBuffer's meaning of it

  void AppendNull();
  void AppendBool(bool value) {
    AppendBit(values_, value);
    MarkValid();
  }
  // For the fixed-width types but kUuid; T is the type's own C++ type.
  template <typename T>
  void AppendFixed(T value) {
    std::memcpy(values_.Extend(sizeof value), &value, sizeof value);
    MarkValid();
  }
  void AppendUuid(const uint8_t* value) {
    std::memcpy(values_.Extend(16), value, 16);
    MarkValid();
  }
  // For kUtf8 and kBinary; `value` must not point into this column. The caller keeps a column's bytes below 2^31.
  void AppendBytes(const uint8_t* value, size_t size) {
    // `value` may be null where the size is 0, which memcpy forbids.
    if (size != 0) std::memcpy(values_.Extend(size), value, size);
    AppendOffset();
    MarkValid();
  }

  // The finished buffers. Validity has one bit a row, least significant first; it is only meaningful, and only
  // written to a batch, where null_count() > 0. Offsets hold length() + 1 values of int32.
  const GrowingBuffer& values() const { return values_; }
  const GrowingBuffer& offsets() const { return offsets_; }
  const GrowingBuffer& validity() const { return validity_; }

 private:
  void AppendOffset() {
    const auto end = static_cast<int32_t>(values_.size());
    std::memcpy(offsets_.Extend(sizeof end), &end, sizeof end);
  }
  // Validity bits exist only from a batch's first null on. Most columns of most batches have none, and then a value
  // costs one well-predicted branch and an increment here, instead of a read, a shift and a write.
  void MarkValid() {
    if (null_count_ != 0) AppendBit(validity_, true);
    ++length_;
  }
  // Appends the bit of row length_ to a bitmap.
  void AppendBit(GrowingBuffer& bits, bool value) {
    const uint32_t place = length_ & 7;
    if (place == 0) *bits.Extend(1) = 0;
    bits.data()[length_ >> 3] |= static_cast<uint8_t>(static_cast<uint32_t>(value) << place);
  }
  void StartValidity();  // sets the bits of all rows so far

  TypeId type_;
  uint32_t length_ = 0;
  uint32_t null_count_ = 0;
  GrowingBuffer values_;   // kBool: a bitmap
  GrowingBuffer offsets_;  // variable-width types only
  GrowingBuffer validity_;
};

}  // namespace rapidbyte::arrow
