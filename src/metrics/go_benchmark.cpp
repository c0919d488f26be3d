#include "metrics/go_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

constexpr std::string_view kPrefix = "Benchmark";

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "BenchmarkX" and "8" of "BenchmarkX-8".
struct NameAndProcs {
  std::string_view name;
  std::string_view procs;
};

NameAndProcs SplitProcs(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || !AllDigits(name.substr(dash + 1))) return {name, {}};
  return {name.substr(0, dash), name.substr(dash + 1)};
}

std::string_view WithoutPrefix(std::string_view name) {
  return name.starts_with(kPrefix) && name.size() > kPrefix.size() ? name.substr(kPrefix.size()) : name;
}

// A line of a benchmark that ran: a name, the number of iterations, then numbers with their units.
bool IsResult(const std::vector<std::string_view>& words) {
  return words.size() >= 4 && words[0].starts_with(kPrefix) && AllDigits(words[1]);
}

double Scale(std::string_view unit) { return unit == "ns/op" ? 1e-9 : unit == "MB/s" ? 1e6 : 1; }

Result<std::map<std::string, double>> ValuesOf(const std::vector<std::string_view>& words) {
  std::map<std::string, double> values;
  if (words.size() % 2 != 0) {
    return Fail(ErrorCode::kData, fmt::format("'{}' has a number without its unit", words[0]));
  }
  for (size_t i = 2; i + 1 < words.size(); i += 2) {
    const auto number = ParseNumber(words[i]);
    if (!number) return Fail(ErrorCode::kData, fmt::format("'{}': '{}' is not a number", words[0], words[i]));
    values[GoUnit(words[i + 1])] = *number * Scale(words[i + 1]);
  }
  return values;
}

}  // namespace

std::string GoUnit(std::string_view unit) {
  if (unit == "ns/op") return "sec/op";
  if (unit == "MB/s") return "B/s";
  return std::string(unit);
}

std::string GoValueUnit(std::string_view unit) {
  if (unit == "sec/op") return "s";
  if (unit == "B/op") return "B";
  return unit == "allocs/op" ? "" : std::string(unit);
}

bool LooksLikeGoBenchmark(std::string_view text) {
  const auto lines = Lines(text);
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) { return IsResult(Words(line)); });
}

Result<std::vector<GoBenchmarkLine>> ReadGoBenchmark(std::string_view text, std::string_view name) {
  std::vector<GoBenchmarkLine> results;
  std::string package;
  size_t number = 0;
  for (const std::string_view line : Lines(text)) {
    ++number;
    if (line.starts_with("pkg: ")) package = Trim(line.substr(5));
    const auto words = Words(line);
    if (!IsResult(words)) continue;
    auto values = ValuesOf(words);
    if (!values) return Context(Place(name, number), values.error());
    results.push_back({number, std::string(words[0]), package, *std::move(values)});
  }
  return results;
}

std::map<std::string, std::string> GoDimensions(std::string_view name) {
  std::map<std::string, std::string> dimensions;
  const auto [bare, procs] = SplitProcs(name);
  if (!procs.empty()) dimensions["procs"] = procs;
  std::string benchmark;
  std::string_view rest = WithoutPrefix(bare);
  while (true) {
    const size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    const size_t equals = part.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      dimensions[std::string(part.substr(0, equals))] = part.substr(equals + 1);
    } else {
      benchmark += benchmark.empty() ? "" : "/";
      benchmark += part;
    }
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  dimensions["benchmark"] = benchmark;
  return dimensions;
}

bool GoNameMatches(std::string_view printed, std::string_view wanted) {
  const std::string_view bare = SplitProcs(printed).name;
  return wanted == printed || wanted == bare || wanted == WithoutPrefix(printed) || wanted == WithoutPrefix(bare);
}

}  // namespace rapidbyte::metrics
