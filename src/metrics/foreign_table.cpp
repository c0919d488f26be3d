#include "metrics/foreign_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "metrics/foreign_csv.h"
#include "metrics/go_benchmark.h"
#include "metrics/google_benchmark.h"
#include "metrics/hyperfine.h"
#include "metrics/json_text.h"
#include "metrics/metric_source.h"
#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

constexpr const char* kFormats =
    "CSV with a header, Google Benchmark's JSON, `go test -bench` output and hyperfine's --export-json can be read";

bool LooksLikeJson(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  return trimmed.starts_with('{') || trimmed.starts_with('[');
}

std::string MetricUnit(const std::string& measure) {
  if (IsBenchmarkTime(measure)) return "s";
  return measure == "bytes_per_second" ? "B/s" : UnitOfColumn(measure);
}

// The repetitions' values, or the program's median or mean where it kept only those.
std::map<std::string, std::vector<double>> ValuesOf(const GoogleBenchmarkSeries& benchmark) {
  if (!benchmark.values.empty()) return benchmark.values;
  std::map<std::string, std::vector<double>> values;
  for (const char* aggregate : {"median", "mean"}) {
    const auto found = benchmark.aggregates.find(aggregate);
    if (found == benchmark.aggregates.end()) continue;
    for (const auto& [measure, value] : found->second) values[measure] = {value};
    break;
  }
  return values;
}

Result<ForeignTable> GoogleTable(const json& document, std::string_view name) {
  auto benchmarks = ReadGoogleBenchmark(document);
  if (!benchmarks) return Context(name, benchmarks.error());
  ForeignTable table;
  table.format = ForeignFormat::kGoogleBenchmark;
  for (const GoogleBenchmarkSeries& benchmark : *benchmarks) {
    if (!benchmark.error.empty()) {
      table.warnings.push_back(fmt::format("{}: benchmark '{}' failed: {}", name, benchmark.name, benchmark.error));
    }
    const size_t first_row = table.rows.size();
    for (const auto& [measure, values] : ValuesOf(benchmark)) {
      const std::string unit = MetricUnit(measure);
      ForeignSeries series{{{"benchmark", benchmark.name}}, measure, unit, LowerIsBetter(measure, unit), values, {}};
      series.rows.resize(values.size());
      std::iota(series.rows.begin(), series.rows.end(), first_row);
      if (table.rows.size() < first_row + values.size()) table.rows.resize(first_row + values.size());
      table.series.push_back(std::move(series));
    }
  }
  return table;
}

Result<ForeignTable> GoTable(std::string_view text, std::string_view name) {
  RB_ASSIGN(const auto lines, ReadGoBenchmark(text, name));
  ForeignTable table;
  table.format = ForeignFormat::kGoBenchmark;
  std::map<std::pair<std::map<std::string, std::string>, std::string>, size_t> places;
  for (const GoBenchmarkLine& line : lines) {
    std::map<std::string, std::string> cell = GoDimensions(line.name);
    if (!line.package.empty()) cell["pkg"] = line.package;
    for (const auto& [unit, value] : line.values) {
      const auto [place, is_new] = places.try_emplace({cell, unit}, table.series.size());
      if (is_new) table.series.push_back({cell, unit, GoValueUnit(unit), LowerIsBetter(unit), {}, {}});
      table.series[place->second].values.push_back(value);
      table.series[place->second].rows.push_back(table.rows.size());
    }
    table.rows.push_back({line.line, "", ""});
  }
  return table;
}

Result<ForeignTable> JsonTable(std::string_view text, std::string_view name) {
  RB_ASSIGN(const json document, ParseOutputJson(text, name));
  if (LooksLikeGoogleBenchmark(document)) return GoogleTable(document, name);
  if (LooksLikeHyperfine(document)) return ReadHyperfine(document, name);
  return Fail(ErrorCode::kData, fmt::format("{}: this JSON is of no known benchmark tool", name), kFormats);
}

Status KeepMetrics(ForeignTable& table, std::string_view name, const std::vector<std::string>& metrics) {
  std::set<std::string> there;
  for (const ForeignSeries& series : table.series) there.insert(series.metric);
  for (const std::string& metric : metrics) {
    if (there.contains(metric)) continue;
    return Fail(ErrorCode::kConfiguration,
                fmt::format("{}: there is no metric '{}'{}", name, metric,
                            Suggestion(metric, std::vector<std::string>(there.begin(), there.end()))));
  }
  if (metrics.empty()) return {};
  std::erase_if(table.series, [&](const ForeignSeries& series) {
    return std::find(metrics.begin(), metrics.end(), series.metric) == metrics.end();
  });
  return {};
}

}  // namespace

std::string_view FormatName(ForeignFormat format) {
  switch (format) {
    case ForeignFormat::kCsv:
      return "CSV";
    case ForeignFormat::kGoogleBenchmark:
      return "Google Benchmark JSON";
    case ForeignFormat::kGoBenchmark:
      return "Go benchmark text";
    case ForeignFormat::kHyperfine:
      return "hyperfine JSON";
  }
  return "";
}

std::optional<ForeignFormat> DetectFormat(std::string_view text) {
  const auto plain = PlainText(text);
  if (!plain || Trim(*plain).empty()) return std::nullopt;
  if (LooksLikeJson(*plain)) {
    const auto document = ParseOutputJson(*plain);
    if (document && LooksLikeGoogleBenchmark(*document)) return ForeignFormat::kGoogleBenchmark;
    if (document && LooksLikeHyperfine(*document)) return ForeignFormat::kHyperfine;
    return std::nullopt;
  }
  return LooksLikeGoBenchmark(*plain) ? ForeignFormat::kGoBenchmark : ForeignFormat::kCsv;
}

Result<ForeignTable> ReadForeignTable(std::string_view text, std::string_view name, const ForeignOptions& options) {
  const auto plain = PlainText(text);
  if (!plain) return Context(name, plain.error());
  if (Trim(*plain).empty()) return Fail(ErrorCode::kData, fmt::format("{}: the file is empty", name), kFormats);
  const bool is_json = LooksLikeJson(*plain);
  if (!is_json && !LooksLikeGoBenchmark(*plain)) return ReadCsvTable(*plain, name, options);
  RB_ASSIGN(ForeignTable table, is_json ? JsonTable(*plain, name) : GoTable(*plain, name));
  RB_TRY(KeepMetrics(table, name, options.metrics));
  return table;
}

}  // namespace rapidbyte::metrics
