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

std::optional<std::string_view> BenchLine(std::string_view output) {
  const auto lines = Lines(output);
  const auto last = std::find_if(lines.rbegin(), lines.rend(),
                                 [](std::string_view line) { return line.starts_with(record::kBenchLinePrefix); });
  if (last == lines.rend()) return std::nullopt;
  return last->substr(record::kBenchLinePrefix.size());
}

}  // namespace

Result<json> ParseOutputJson(std::string_view text, std::string_view name) {
  auto document = ParseJson(text, kOutputLimits);
  if (document) return *std::move(document);
  const JsonError& error = document.error();
  return Fail(ErrorCode::kData, fmt::format("{}: {}", Place(name, LineOf(text, error.offset)), error.message));
}

Result<json> ParseJsonOutput(std::string_view text) {
  auto whole = ParseOutputJson(text);
  if (whole) return whole;
  const std::string_view trimmed = Trim(text);
  const size_t line_feed = trimmed.rfind('\n');
  if (line_feed == std::string_view::npos) return whole;
  const std::string_view last = Trim(trimmed.substr(line_feed + 1));
  if (!last.starts_with('{') && !last.starts_with('[')) return whole;
  auto parsed = ParseOutputJson(last);
  return parsed ? std::move(parsed) : std::move(whole);
}

Result<json> FindBenchLine(std::string_view output) {
  const auto line = BenchLine(output);
  if (!line) return Fail(ErrorCode::kInternal, fmt::format("there is no line with {}", record::kBenchLinePrefix));
  auto document = ParseOutputJson(*line);
  if (document && document->is_object()) return document;
  return Fail(ErrorCode::kInternal, fmt::format("the line {} is no JSON object{}", record::kBenchLinePrefix,
                                                document ? "" : ": " + document.error().message));
}

bool HasBenchLine(std::string_view output) { return BenchLine(output).has_value(); }

}  // namespace rapidbyte::metrics
