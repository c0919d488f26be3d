#include "metrics/google_benchmark.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/json.h"
#include "metrics/json_path.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

// Numbers of an entry that are no measures (google/benchmark, docs/user_guide.md and src/json_reporter.cc).
const std::set<std::string_view> kBookkeeping = {"family_index",
                                                 "per_family_instance_index",
                                                 "repetitions",
                                                 "repetition_index",
                                                 "threads",
                                                 "iterations",
                                                 "allocs_per_iter",
                                                 "max_bytes_used",
                                                 "net_heap_growth",
                                                 "total_allocated_bytes",
                                                 "cpu_coefficient",
                                                 "real_coefficient",
                                                 "rms"};

std::optional<double> SecondsOf(const std::string& unit) {
  if (unit.empty() || unit == "ns") return 1e-9;
  if (unit == "us") return 1e-6;
  if (unit == "ms") return 1e-3;
  if (unit == "s") return 1.0;
  return std::nullopt;
}

Result<std::map<std::string, double>> MeasuresOf(const json& entry, const std::string& name) {
  const std::string unit = JsonText(entry, "time_unit");
  const auto factor = SecondsOf(unit);
  if (!factor) return Fail(ErrorCode::kData, fmt::format("benchmark '{}': unknown time_unit '{}'", name, unit));
  const bool is_ratio = JsonText(entry, "aggregate_unit") == "percentage";  // a cv has no unit, also of a time
  std::map<std::string, double> measures;
  for (const auto& item : entry.items()) {
    if (!item.value().is_number() || kBookkeeping.contains(item.key())) continue;
    RB_ASSIGN(const double value, NumberAt(item.value(), fmt::format("benchmark '{}': {}", name, item.key())));
    measures[item.key()] = IsBenchmarkTime(item.key()) && !is_ratio ? value * *factor : value;
  }
  return measures;
}

std::string ErrorOf(const json& entry) {
  if (!JsonFlag(entry, "error_occurred") && !JsonFlag(entry, "skipped")) return {};
  std::string message = JsonText(entry, "error_message");
  if (message.empty()) message = JsonText(entry, "skip_message");
  return message.empty() ? "it was skipped" : message;
}

// Before version 1.5 an entry had neither run_name nor aggregate_name, only a name with a suffix.
struct EntryName {
  std::string series;
  std::string aggregate;
};

EntryName NameOf(const json& entry, const std::string& name) {
  EntryName names{JsonText(entry, "run_name"), JsonText(entry, "aggregate_name")};
  if (names.series.empty()) names.series = name;
  if (entry.contains("run_type")) return names;
  for (const std::string_view suffix : {"_mean", "_median", "_stddev", "_cv"}) {
    if (!name.ends_with(suffix)) continue;
    names.aggregate = suffix.substr(1);
    if (names.series == name) names.series.resize(name.size() - suffix.size());
  }
  return names;
}

class Gatherer {
 public:
  Status Add(const json& entry) {
    const std::string name = entry.is_object() ? JsonText(entry, "name") : std::string();
    if (name.empty()) return Fail(ErrorCode::kData, "an entry of \"benchmarks\" has no name");
    const EntryName names = NameOf(entry, name);
    if (names.aggregate == "BigO" || names.aggregate == "RMS") return {};  // a fit over several benchmarks
    GoogleBenchmarkSeries& series = SeriesOf(names.series);
    if (std::string error = ErrorOf(entry); !error.empty()) {
      series.error = std::move(error);
      return {};
    }
    RB_ASSIGN(auto measures, MeasuresOf(entry, name));
    if (!names.aggregate.empty()) {
      series.aggregates[names.aggregate] = std::move(measures);
      return {};
    }
    for (const auto& [measure, value] : measures) series.values[measure].push_back(value);
    return {};
  }

  std::vector<GoogleBenchmarkSeries> Take() { return std::move(series_); }

 private:
  GoogleBenchmarkSeries& SeriesOf(const std::string& name) {
    const auto [place, is_new] = places_.try_emplace(name, series_.size());
    if (is_new) series_.emplace_back().name = name;
    return series_[place->second];
  }

  std::vector<GoogleBenchmarkSeries> series_;
  std::map<std::string, size_t> places_;
};

}  // namespace

bool IsBenchmarkTime(std::string_view measure) { return measure == "real_time" || measure == "cpu_time"; }

bool LooksLikeGoogleBenchmark(const json& document) {
  if (!document.is_object()) return false;
  const auto benchmarks = document.find("benchmarks");
  return benchmarks != document.end() && benchmarks->is_array();
}

Result<std::vector<GoogleBenchmarkSeries>> ReadGoogleBenchmark(const json& document) {
  if (!LooksLikeGoogleBenchmark(document)) {
    return Fail(ErrorCode::kData, "this is no Google Benchmark JSON: it has no array \"benchmarks\"",
                "run the benchmarks with --benchmark_format=json");
  }
  Gatherer gatherer;
  for (const json& entry : document["benchmarks"]) RB_TRY(gatherer.Add(entry));
  return gatherer.Take();
}

}  // namespace rapidbyte::metrics
