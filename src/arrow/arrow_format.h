// Arrow's IPC metadata as flatc generates it from arrow_format.fbs, with its assertions made ours.
//
// For the .cpp files of this folder and its tests only: FlatBuffers appears in no interface. Wasm-safe: the C
// library's assert would print, and so pull file output into a connector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "arrow/types.h"
#include "base/check.h"

#define FLATBUFFERS_ASSERT(condition) RB_CHECK(condition)
#include "arrow_format_generated.h"

namespace rapidbyte::arrow {

// An encapsulated message starts with this and with the metadata's size, both 32 bits.
inline constexpr uint32_t kContinuation = 0xffffffff;
inline constexpr size_t kEnvelopeBytes = 8;
inline constexpr size_t kAlignment = 8;
// Our own limit for a message, body included: sizes and offsets are int32 everywhere.
inline constexpr uint64_t kMaxMessageBytes = 0x7fffffff;

inline constexpr std::string_view kExtensionNameKey = "ARROW:extension:name";
inline constexpr std::string_view kExtensionMetadataKey = "ARROW:extension:metadata";
inline constexpr std::string_view kUuidExtension = "arrow.uuid";

template <typename Unsigned>
constexpr Unsigned Align(Unsigned bytes) {
  return (bytes + Unsigned{kAlignment - 1}) & ~Unsigned{kAlignment - 1};
}

}  // namespace rapidbyte::arrow
