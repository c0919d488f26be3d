// Reading and writing fixed-width integers in memory of any alignment. Big-endian is PostgreSQL's wire order,
// little-endian is Arrow's. The caller has checked the bounds. Wasm-safe.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace rapidbyte {

static_assert(std::endian::native == std::endian::little, "Rapidbyte supports little-endian machines");

inline uint8_t ByteSwap(uint8_t v) { return v; }
inline uint16_t ByteSwap(uint16_t v) { return __builtin_bswap16(v); }
inline uint32_t ByteSwap(uint32_t v) { return __builtin_bswap32(v); }
inline uint64_t ByteSwap(uint64_t v) { return __builtin_bswap64(v); }

template <typename T>
T LoadLittleEndian(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
void StoreLittleEndian(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <typename T>
T LoadBigEndian(const void* from) {
  return static_cast<T>(ByteSwap(LoadLittleEndian<std::make_unsigned_t<T>>(from)));
}

template <typename T>
void StoreBigEndian(void* to, T value) {
  StoreLittleEndian(to, ByteSwap(static_cast<std::make_unsigned_t<T>>(value)));
}

}  // namespace rapidbyte
