// The bytes of a protobuf message, field by field (protobuf.dev/programming-guides/encoding): what profile.proto needs
// of it. Fields of zero are left out, as proto3 has it. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rapidbyte::profile {

class ProtobufWriter {
 public:
  void Integer(uint32_t field, uint64_t value) {  // also of a negative int64, in two's complement
    if (value == 0) return;
    Tag(field, kVarint);
    Varint(value, bytes_);
  }
  // A string or a message; also an empty one, since repeated fields count.
  void Bytes(uint32_t field, std::string_view value) {
    Tag(field, kLengthDelimited);
    Varint(value.size(), bytes_);
    bytes_ += value;
  }
  void Message(uint32_t field, const ProtobufWriter& message) { Bytes(field, message.bytes_); }
  void Packed(uint32_t field, const std::vector<uint64_t>& values) {
    if (values.empty()) return;
    std::string packed;
    for (const uint64_t value : values) Varint(value, packed);
    Bytes(field, packed);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr uint32_t kVarint = 0;
  static constexpr uint32_t kLengthDelimited = 2;

  void Tag(uint32_t field, uint32_t wire_type) { Varint(field << 3 | wire_type, bytes_); }
  static void Varint(uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace rapidbyte::profile
