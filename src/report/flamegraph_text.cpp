#include "report/flamegraph_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/format.h"
#include "base/json_text.h"
#include "base/utf8.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr std::string_view kEllipsis = "…";

bool MayBeShown(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
  return !control && !direction && (c & 0xFFFE) != 0xFFFE;
}

std::string Clipped(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t head = limit * 2 / 3;
  while (head > 0 && IsContinuation(text[head])) --head;
  size_t tail = text.size() - limit / 3;
  while (tail < text.size() && IsContinuation(text[tail])) ++tail;
  return text.substr(0, head).append(kEllipsis).append(text, tail, std::string::npos);
}

}  // namespace

std::string CleanText(std::string_view text, size_t limit) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::string_view character = text.substr(0, CharacterLength(text));
    const bool good = !character.empty() && MayBeShown(CodePoint(character));
    clean.append(good ? character : kReplacementCharacter);
    text.remove_prefix(std::max<size_t>(character.size(), 1));
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
  std::string text;
  AppendJsonText(clean, text, "<>");
  return text;
}

std::string JsonStrings(const std::vector<std::string>& clean) {
  std::string list;
  for (const std::string& text : clean) list += (list.empty() ? "" : ",") + JsonString(text);
  return list;
}

std::string Shortened(const std::string& clean, size_t columns) {
  if (clean.size() <= columns || DisplayWidth(clean) <= columns) return clean;
  if (columns == 0) return {};
  size_t end = 0;
  for (size_t left = columns - 1; left > 0; --left) {
    do ++end;
    while (end < clean.size() && IsContinuation(clean[end]));
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
