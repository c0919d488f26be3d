#include "metrics/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "metrics/text.h"
#include "record/run_record.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

size_t LineOf(std::string_view text, size_t offset) {
  text = text.substr(0, offset);
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

// Where the text first opens more arrays and objects than are allowed.
std::optional<size_t> TooDeepAt(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepestJson) return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

std::string_view WhatIsWrong(std::string_view text, size_t offset) {
  if (Trim(text).empty()) return "there is no text";
  return Trim(text.substr(std::min(offset, text.size()))).empty() ? "the JSON ends too early" : "this is no JSON";
}

std::optional<std::string_view> BenchLine(std::string_view output) {
  const auto lines = Lines(output);
  const auto last = std::find_if(lines.rbegin(), lines.rend(),
                                 [](std::string_view line) { return line.starts_with(record::kBenchLinePrefix); });
  if (last == lines.rend()) return std::nullopt;
  return last->substr(record::kBenchLinePrefix.size());
}

}  // namespace

Result<json> ParseJson(std::string_view text, std::string_view name) {
  if (const auto deep = TooDeepAt(text)) {
    return Fail(ErrorCode::kData, fmt::format("{}: the JSON nests deeper than {} levels",
                                              Place(name, LineOf(text, *deep)), kDeepestJson));
  }
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    const size_t offset = error.byte == 0 ? 0 : error.byte - 1;
    return Fail(ErrorCode::kData, fmt::format("{}: {}", Place(name, LineOf(text, offset)), WhatIsWrong(text, offset)));
  } catch (const json::exception&) {
    return Fail(ErrorCode::kData, fmt::format("{}: the JSON has a number that is too large", Place(name, 1)));
  }
}

Result<json> ParseJsonOutput(std::string_view text) {
  auto whole = ParseJson(text);
  if (whole) return whole;
  const std::string_view trimmed = Trim(text);
  const size_t line_feed = trimmed.rfind('\n');
  if (line_feed == std::string_view::npos) return whole;
  const std::string_view last = Trim(trimmed.substr(line_feed + 1));
  if (!last.starts_with('{') && !last.starts_with('[')) return whole;
  auto parsed = ParseJson(last);
  return parsed ? std::move(parsed) : std::move(whole);
}

Result<json> FindBenchLine(std::string_view output) {
  const auto line = BenchLine(output);
  if (!line) return Fail(ErrorCode::kInternal, fmt::format("there is no line with {}", record::kBenchLinePrefix));
  auto document = ParseJson(*line);
  if (document && document->is_object()) return document;
  return Fail(ErrorCode::kInternal, fmt::format("the line {} is no JSON object{}", record::kBenchLinePrefix,
                                                document ? "" : ": " + document.error().message));
}

bool HasBenchLine(std::string_view output) { return BenchLine(output).has_value(); }

}  // namespace rapidbyte::metrics
