#include "lab/last_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/utf8.h"
#include "record/run_record.h"

namespace rapidbyte::lab {
namespace {

constexpr size_t kLinesToShow = 8;
constexpr size_t kBytesToShow = 1000;

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of("\r\n");
  const size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

// The document of our own runs is not for people.
std::string WithoutBenchLines(const std::string& out) {
  std::string kept;
  for (size_t at = 0; at < out.size();) {
    const size_t end = std::min(out.find('\n', at), out.size() - 1) + 1;
    const std::string_view line = std::string_view(out).substr(at, end - at);
    if (!line.starts_with(record::kBenchLinePrefix)) kept += line;
    at = end;
  }
  return kept;
}

}  // namespace

std::string LastLines(const SubprocessResult& result) {
  const std::string printed = WithoutBenchLines(result.out);
  const std::string_view out = Trimmed(printed);
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
