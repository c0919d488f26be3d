#include "metrics/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/nearest_name.h"

namespace rapidbyte::metrics {
namespace {

constexpr size_t kNamesToShow = 5;

Result<std::string_view> WrongEncoding(std::string_view encoding) {
  return Fail(ErrorCode::kData, fmt::format("the text is {}, not UTF-8", encoding), "save it as UTF-8 and try again");
}

}  // namespace

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<double> ParseNumber(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

Result<std::string_view> PlainText(std::string_view text) {
  if (text.starts_with(std::string_view("\xff\xfe\0\0", 4)) || text.starts_with(std::string_view("\0\0\xfe\xff", 4))) {
    return WrongEncoding("UTF-32");
  }
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return WrongEncoding("UTF-16");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (const size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return Fail(ErrorCode::kData, fmt::format("the text has a byte of zero at {}: it is binary or UTF-16", zero));
  }
  return text;
}

std::string Place(std::string_view name, size_t line) {
  return name.empty() ? fmt::format("line {}", line) : fmt::format("{}:{}", name, line);
}

std::string Suggestion(std::string_view missing, std::span<const std::string> names) {
  if (names.empty()) return "; there are none";
  const std::vector<std::string_view> views(names.begin(), names.end());
  if (const std::string_view nearest = NearestName(missing, views); !nearest.empty()) {
    return fmt::format("; nearest: '{}'", nearest);
  }
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), kNamesToShow); ++i) {
    list += fmt::format("{}'{}'", i == 0 ? "" : ", ", names[i]);
  }
  return fmt::format("; there {} {}{}", names.size() == 1 ? "is" : "are", list,
                     names.size() > kNamesToShow ? fmt::format(" and {} more", names.size() - kNamesToShow) : "");
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return values[middle - 1] + (values[middle] - values[middle - 1]) / 2;
}

}  // namespace rapidbyte::metrics
