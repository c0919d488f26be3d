// How problems are worded, and the small values that documents hold: numbers, bytes and durations. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rapidbyte::yaml {

// On one line, and no longer than a line should be.
std::string Shortened(const std::string& text);
std::string Quoted(const std::string& text);  // Shortened, between double quotes

// "; did you mean 'port'?", or nothing where no name is near.
std::string DidYouMean(std::string_view word, std::span<const std::string_view> names);

// "a, b or c"
std::string Alternatives(std::span<const std::string_view> names);

// Decimal digits and nothing else.
std::optional<uint64_t> ParseNumber(std::string_view text);

// "2000", "512KiB" or "512 KiB": kB, MB, GB are powers of 1000, KiB, MiB, GiB of 1024.
std::optional<uint64_t> ParseBytes(std::string_view text);

// "500ms", "10s", "10min" (also "10m"), "2h" or "0"; any other number needs a unit.
std::optional<uint64_t> ParseDurationMillis(std::string_view text);

}  // namespace rapidbyte::yaml
