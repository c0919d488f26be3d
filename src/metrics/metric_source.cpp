#include "metrics/metric_source.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <vector>

#include "metrics/go_benchmark.h"
#include "metrics/google_benchmark.h"
#include "metrics/json_path.h"
#include "metrics/json_text.h"
#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

RE2::Options RegexOptions() {
  RE2::Options options(RE2::Latin1);  // bytes: what a program prints need not be UTF-8
  options.set_log_errors(false);
  return options;
}

// Lines, not the whole text, are what ^ and $ are about.
std::string LinePattern(const std::string& pattern) { return "(?m:" + pattern + ")"; }

Status CheckRegex(const std::string& pattern) {
  const RE2 regex(pattern, RegexOptions());
  if (!regex.ok()) {
    return Fail(ErrorCode::kConfiguration, fmt::format("regular expression '{}': {}", pattern, regex.error()),
                "the syntax is RE2's; it has no backreferences and no look-around");
  }
  if (regex.NumberOfCapturingGroups() == 1) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("regular expression '{}' has {} groups; it needs one, around the number", pattern,
                          regex.NumberOfCapturingGroups()),
              "write (?:…) for groups that are not the number");
}

Status CheckName(const std::string& name) {
  if (!name.empty()) return {};
  return Fail(ErrorCode::kConfiguration, "the benchmark's name is empty");
}

Result<double> FromBenchLine(const BenchLineMetric& source, std::string_view text) {
  RB_ASSIGN(const json document, FindBenchLine(text));
  if (const auto found = document.find(source.key); found != document.end()) return NumberAt(*found, source.key);
  RB_ASSIGN(const JsonPath path, JsonPath::Parse(source.key));
  const auto value = path.Find(document);
  if (!value) return Context("the line @@BENCH_JSON@@", value.error());
  return NumberAt(**value, source.key);
}

Result<double> FromJson(const JsonMetric& source, std::string_view text) {
  RB_ASSIGN(const JsonPath path, JsonPath::Parse(source.path));
  const auto document = ParseJsonOutput(text);
  if (!document) return Context("looking for " + source.path, document.error());
  const auto value = path.Find(*document);
  if (!value) return Context("looking for " + source.path, value.error());
  return NumberAt(**value, source.path);
}

Result<double> FromRegex(const RegexMetric& source, std::string_view text) {
  RB_TRY(CheckRegex(source.pattern));
  const RE2 regex(LinePattern(source.pattern), RegexOptions());
  const re2::StringPiece whole(text.data(), text.size());
  re2::StringPiece match[2], last;
  bool found = false;
  for (size_t at = 0; at <= text.size() && regex.Match(whole, at, text.size(), RE2::UNANCHORED, match, 2);) {
    found = true;
    last = match[1];
    const auto end = static_cast<size_t>(match[0].data() - text.data()) + match[0].size();
    at = match[0].empty() ? end + 1 : end;
  }
  if (!found) return Fail(ErrorCode::kData, fmt::format("nothing matches the regular expression '{}'", source.pattern));
  const std::string_view number(last.data(), last.size());
  if (const auto value = ParseNumber(number)) return *value;
  return Fail(ErrorCode::kData, fmt::format("the regular expression '{}' found '{}', not a number", source.pattern,
                                            number.substr(0, 60)));
}

Result<double> MeasureOf(const std::map<std::string, double>& measures, const std::string& measure,
                         const std::string& benchmark) {
  if (const auto found = measures.find(measure); found != measures.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : measures) names.push_back(name);
  return Fail(ErrorCode::kData,
              fmt::format("benchmark '{}' has no '{}'{}", benchmark, measure, Suggestion(measure, names)));
}

Result<double> AggregateOf(const GoogleBenchmarkSeries& series, const std::string& aggregate,
                           const std::string& measure) {
  if (const auto found = series.aggregates.find(aggregate); found != series.aggregates.end()) {
    return MeasureOf(found->second, measure, series.name);
  }
  std::vector<std::string> names;
  for (const auto& [name, measures] : series.aggregates) names.push_back(name);
  return Fail(ErrorCode::kData, fmt::format("benchmark '{}' has no aggregate '{}'{}", series.name, aggregate,
                                            Suggestion(aggregate, names)));
}

Result<double> NumberOf(const GoogleBenchmarkSeries& series, const GoogleBenchmarkMetric& source) {
  if (!source.aggregate.empty()) return AggregateOf(series, source.aggregate, source.measure);
  if (!series.values.empty()) {
    std::map<std::string, double> medians;
    for (const auto& [measure, values] : series.values) medians[measure] = Median(values);
    return MeasureOf(medians, source.measure, series.name);
  }
  if (!series.error.empty()) {
    return Fail(ErrorCode::kData, fmt::format("benchmark '{}' failed: {}", series.name, series.error));
  }
  return AggregateOf(series, series.aggregates.contains("median") ? "median" : "mean", source.measure);
}

Result<double> FromGoogleBenchmark(const GoogleBenchmarkMetric& source, std::string_view text) {
  const auto document = ParseJsonOutput(text);
  if (!document) return Context(fmt::format("looking for benchmark '{}'", source.name), document.error());
  RB_ASSIGN(const auto benchmarks, ReadGoogleBenchmark(*document));
  std::vector<std::string> names;
  for (const GoogleBenchmarkSeries& series : benchmarks) {
    if (series.name == source.name) return NumberOf(series, source);
    names.push_back(series.name);
  }
  for (const GoogleBenchmarkSeries& series : benchmarks) {  // "BM_X_median" names the benchmark and its aggregate
    for (const auto& [aggregate, measures] : series.aggregates) {
      if (source.name == series.name + "_" + aggregate) return MeasureOf(measures, source.measure, source.name);
    }
  }
  return Fail(ErrorCode::kData,
              fmt::format("there is no benchmark '{}'{}", source.name, Suggestion(source.name, names)));
}

Result<double> FromGoBenchmark(const GoBenchmarkMetric& source, std::string_view text) {
  RB_ASSIGN(const auto lines, ReadGoBenchmark(text));
  std::vector<std::string> names, units;
  std::vector<double> values;
  for (const GoBenchmarkLine& line : lines) {
    names.push_back(line.name);
    if (!GoNameMatches(line.name, source.name)) continue;
    for (const auto& [unit, value] : line.values) {
      units.push_back(unit);
      if (unit == GoUnit(source.unit)) values.push_back(value);
    }
  }
  if (!values.empty()) return Median(values);
  if (!units.empty()) {
    return Fail(ErrorCode::kData,
                fmt::format("benchmark '{}' has no '{}'{}", source.name, source.unit, Suggestion(source.unit, units)));
  }
  return Fail(ErrorCode::kData,
              fmt::format("there is no Go benchmark '{}'{}", source.name, Suggestion(source.name, names)));
}

}  // namespace

Status CheckSource(const MetricSource& source) {
  return std::visit(Overloaded{[](const BenchLineMetric& metric) -> Status {
                                 if (metric.key.empty()) return Fail(ErrorCode::kConfiguration, "the key is empty");
                                 return {};
                               },
                               [](const JsonMetric& metric) -> Status {
                                 RB_TRY(JsonPath::Parse(metric.path));
                                 return {};
                               },
                               [](const RegexMetric& metric) { return CheckRegex(metric.pattern); },
                               [](const GoogleBenchmarkMetric& metric) { return CheckName(metric.name); },
                               [](const GoBenchmarkMetric& metric) { return CheckName(metric.name); }},
                    source);
}

Result<double> Extract(const MetricSource& source, std::string_view text) {
  return std::visit(Overloaded{[&](const BenchLineMetric& metric) { return FromBenchLine(metric, text); },
                               [&](const JsonMetric& metric) { return FromJson(metric, text); },
                               [&](const RegexMetric& metric) { return FromRegex(metric, text); },
                               [&](const GoogleBenchmarkMetric& metric) { return FromGoogleBenchmark(metric, text); },
                               [&](const GoBenchmarkMetric& metric) { return FromGoBenchmark(metric, text); }},
                    source);
}

std::string UnitOf(const MetricSource& source) {
  if (const auto* google = std::get_if<GoogleBenchmarkMetric>(&source)) {
    return IsBenchmarkTime(google->measure) && google->aggregate != "cv" ? "s" : "";
  }
  if (const auto* go = std::get_if<GoBenchmarkMetric>(&source)) {
    return GoValueUnit(GoUnit(go->unit));
  }
  return {};
}

bool LowerIsBetter(std::string_view metric, std::string_view unit) {
  if (unit.ends_with("/s") || metric.ends_with("/s")) return false;
  std::string lower(metric);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const std::string_view rate : {"per_sec", "throughput", "bandwidth", "qps", "tps", "rps", "ops_sec"}) {
    if (lower.find(rate) != std::string::npos) return false;
  }
  return true;
}

}  // namespace rapidbyte::metrics
