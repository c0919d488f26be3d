#include "yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>

namespace rapidbyte::yaml {

void Problems::Add(int line, std::string_view key, std::string_view what) {
  std::string text = line > 0 ? fmt::format("{}:{}: ", file_, line) : file_ + ": ";
  if (!key.empty()) text += fmt::format("key '{}': ", key);
  problems_.push_back({line, text + std::string(what)});
}

Error Problems::ToError() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  std::string lines;
  for (const Problem& problem : sorted) lines += (lines.empty() ? "" : "\n") + problem.text;
  return {.code = ErrorCode::kConfiguration, .message = lines, .hint = hint_};
}

}  // namespace rapidbyte::yaml
