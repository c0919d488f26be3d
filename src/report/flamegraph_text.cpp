#include "report/flamegraph_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "base/format.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 0;  // 0: not UTF-8
};

bool Continues(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// The first code point, by RFC 3629: neither overlong, nor a surrogate, nor beyond U+10FFFF.
CodePoint FirstOf(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  uint32_t value = lead & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if (!Continues(text[i])) return {};
    value = value << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[bytes] || (value >= 0xD800 && value < 0xE000) || value > 0x10FFFF) return {};
  return {value, bytes};
}

bool MayBeShown(uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
  return !control && !direction && (c & 0xFFFE) != 0xFFFE;
}

std::string Clipped(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t head = limit * 2 / 3;
  while (head > 0 && Continues(text[head])) --head;
  size_t tail = text.size() - limit / 3;
  while (tail < text.size() && Continues(text[tail])) ++tail;
  return text.substr(0, head).append(kEllipsis).append(text, tail, std::string::npos);
}

}  // namespace

std::string CleanText(std::string_view text, size_t limit) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = FirstOf(text);
    const bool good = point.bytes > 0 && MayBeShown(point.value);
    clean.append(good ? text.substr(0, point.bytes) : kReplacement);
    text.remove_prefix(point.bytes > 0 ? point.bytes : 1);
  }
  return Clipped(std::move(clean), limit);
}

std::string XmlText(std::string_view clean) {
  std::string text;
  text.reserve(clean.size());
  for (const char c : clean) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      default:
        text += c;
    }
  }
  return text;
}

std::string JsonString(std::string_view clean) {
  std::string text = "\"";
  for (const char c : clean) {
    switch (c) {
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      case '<':
        text += "\\u003c";
        break;
      case '>':
        text += "\\u003e";
        break;
      default:
        text += c;
    }
  }
  return text += '"';
}

std::string Shortened(const std::string& clean, size_t columns) {
  if (clean.size() <= columns || DisplayWidth(clean) <= columns) return clean;
  if (columns == 0) return {};
  size_t end = 0;
  for (size_t left = columns - 1; left > 0; --left) {
    do ++end;
    while (end < clean.size() && Continues(clean[end]));
  }
  return clean.substr(0, end).append(kEllipsis);
}

std::string FormatPercent(double share) {
  const double percent = share * 100;
  if (percent > 0 && percent < 0.01) return "< 0.01%";
  return fmt::format("{:.{}f}%", percent, percent < 1 ? 2 : 1);
}

std::string FormatSamples(double count) {
  if (count == 1) return "1 sample";
  if (count == std::floor(count) && count < 1e15) return FormatThousands(static_cast<uint64_t>(count)) + " samples";
  return FormatDigits(count) + " samples";
}

std::string FormatValue(double value, profile::Unit unit) {
  return unit == profile::Unit::kNanoseconds ? FormatDuration(value / 1e9) : FormatSamples(value);
}

}  // namespace rapidbyte::report
