#include "profile/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace rapidbyte::profile {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kGzipMark = "\x1f\x8b";
constexpr std::string_view kPerfDataMark = "PERFILE2";
constexpr size_t kLongestExcerpt = 60;
constexpr uint32_t kReplacement = 0xfffd;

bool IsHighSurrogate(uint16_t unit) { return (unit & 0xfc00) == 0xd800; }
bool IsLowSurrogate(uint16_t unit) { return (unit & 0xfc00) == 0xdc00; }

void AppendUtf8(uint32_t point, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::string Place(std::string_view name, size_t line) { return fmt::format("{}:{}", name, line); }

std::string Excerpt(std::string_view line) {
  std::string text;
  for (const char c : line.substr(0, kLongestExcerpt)) text += c >= ' ' && c <= '~' ? c : '?';
  return line.size() > kLongestExcerpt ? text + "…" : text;
}

std::optional<double> NumberOf(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

void AppendNumber(double value, std::string& out) {
  value = std::min(value, std::numeric_limits<double>::max());  // sums may be too large for a number
  constexpr double kExact = 9007199254740992;                   // 2^53
  char digits[400];                                             // the largest double has 309 digits
  const bool whole = value >= -kExact && value <= kExact && std::floor(value) == value;
  const auto written = whole ? std::to_chars(digits, digits + sizeof digits, static_cast<int64_t>(value))
                             : std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
  out.append(digits, written.ptr);
}

std::string_view TextDecoder::Begin(std::string_view piece) {
  const auto starts = [&](std::string_view mark) { return piece.substr(0, mark.size()) == mark; };
  if (starts("\xff\xfe")) {
    encoding_ = Encoding::kUtf16Little;
    return piece.substr(2);
  }
  if (starts("\xfe\xff")) {
    encoding_ = Encoding::kUtf16Big;
    return piece.substr(2);
  }
  encoding_ = Encoding::kUtf8;
  return starts(kUtf8Mark) ? piece.substr(kUtf8Mark.size()) : piece;
}

void TextDecoder::Append(uint16_t unit) {
  if (high_surrogate_ != 0) {
    const uint32_t high = std::exchange(high_surrogate_, uint16_t{0});
    if (IsLowSurrogate(unit)) {
      return AppendUtf8(0x10000 + ((high & 0x3ff) << 10 | (unit & 0x3ffu)), converted_);
    }
    AppendUtf8(kReplacement, converted_);
  }
  if (IsHighSurrogate(unit)) {
    high_surrogate_ = unit;
  } else {
    AppendUtf8(IsLowSurrogate(unit) ? kReplacement : unit, converted_);
  }
}

void TextDecoder::Convert(std::string_view piece) {
  converted_.clear();
  const bool little = encoding_ == Encoding::kUtf16Little;
  const auto append = [&](char first, char second) {
    const auto a = static_cast<unsigned char>(first), b = static_cast<unsigned char>(second);
    Append(static_cast<uint16_t>(little ? a | b << 8 : a << 8 | b));
  };
  if (!half_.empty() && !piece.empty()) {
    append(half_[0], piece[0]);
    half_.clear();
    piece.remove_prefix(1);
  }
  for (size_t i = 0; i + 1 < piece.size(); i += 2) append(piece[i], piece[i + 1]);
  if (piece.size() % 2 != 0) half_ = piece.back();
}

Result<std::string_view> TextDecoder::Next(std::string_view piece, std::string_view name) {
  const bool first = encoding_ == Encoding::kUnknown;
  if (first) piece = Begin(piece);
  if (encoding_ != Encoding::kUtf8) {
    Convert(piece);
    piece = converted_;
  }
  if (first && piece.starts_with(kGzipMark)) {
    return Fail(ErrorCode::kData, fmt::format("{}: is compressed with gzip, and no text", name),
                "zcat FILE | rapidbyte profile … -");
  }
  if (!first || piece.find('\0') == std::string_view::npos) return piece;
  if (piece.starts_with(kPerfDataMark)) {
    return Fail(ErrorCode::kData, fmt::format("{}: is what perf record writes (perf.data), and no text", name),
                "perf script -i FILE | rapidbyte profile … -");
  }
  return Fail(ErrorCode::kData, fmt::format("{}: has bytes of zero, which no text has", name),
              "UTF-16 is read where it begins with its byte order mark");
}

Result<std::string_view> DecodeText(std::string_view text, std::string_view name, std::string& storage) {
  TextDecoder decoder;
  RB_ASSIGN(const std::string_view decoded, decoder.Next(text, name));
  if (decoded.data() + decoded.size() == text.data() + text.size()) return decoded;
  storage = decoded;
  return std::string_view(storage);
}

}  // namespace rapidbyte::profile
