// SHA-256, by OpenSSL. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rapidbyte::wasm {

// The digest as 64 lower-case hex digits.
std::string Sha256Hex(std::span<const uint8_t> bytes);
std::string Sha256Hex(std::string_view text);

}  // namespace rapidbyte::wasm
