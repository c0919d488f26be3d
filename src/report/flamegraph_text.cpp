#include "report/flamegraph_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/format.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr std::string_view kEllipsis = "…";

std::string Clipped(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t head = limit * 2 / 3;
  while (head > 0 && IsContinuation(text[head])) --head;
  size_t tail = text.size() - limit / 3;
  while (tail < text.size() && IsContinuation(text[tail])) ++tail;
  return text.substr(0, head).append(kEllipsis).append(text, tail, std::string::npos);
}

}  // namespace

std::string CleanText(std::string_view text, size_t limit) { return Clipped(Printable(text), limit); }

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
