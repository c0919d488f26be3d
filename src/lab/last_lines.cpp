#include "lab/last_lines.h"

#include <fmt/format.h>

#include <string_view>

#include "base/utf8.h"

namespace rapidbyte::lab {
namespace {

constexpr size_t kLinesToShow = 8;
constexpr size_t kBytesToShow = 1000;

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of("\r\n");
  const size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

}  // namespace

std::string LastLines(const SubprocessResult& result) {
  const std::string_view out = Trimmed(result.out);
  const std::string_view err = Trimmed(result.err);
  const std::string all = fmt::format("{}{}{}", out, out.empty() || err.empty() ? "" : "\n", err);
  size_t begin = all.size();
  for (size_t lines = 0; lines < kLinesToShow && begin != std::string::npos && begin > 0; ++lines) {
    begin = all.rfind('\n', begin - 1);
  }
  begin = begin == std::string::npos || begin == 0 ? 0 : begin + 1;
  if (all.size() - begin <= kBytesToShow) return all.substr(begin);
  begin = all.size() - kBytesToShow;
  while (begin < all.size() && IsContinuation(all[begin])) ++begin;  // amid a character
  return "…" + all.substr(begin);
}

}  // namespace rapidbyte::lab
