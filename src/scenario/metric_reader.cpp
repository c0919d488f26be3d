#include <fmt/format.h>

#include <algorithm>

#include "metrics/metric_source.h"
#include "record/sample.h"
#include "scenario/axis_values.h"
#include "scenario/scenario_reader.h"
#include "yaml/wording.h"

namespace rapidbyte::scenario {
namespace {

using yaml::Fields;

struct Extraction {
  std::string_view key;
  std::string_view expected;
  metrics::MetricSource (*source)(const std::string& argument);
};

template <typename Metric>
metrics::MetricSource Of(const std::string& argument) {
  return Metric{argument};
}

constexpr Extraction kExtractions[] = {
    {"json", "a path into the output, as $.rows_per_sec", Of<metrics::JsonMetric>},
    {"regex", "a regular expression with one group, the number", Of<metrics::RegexMetric>},
    {"google_benchmark", "the name of a benchmark", Of<metrics::GoogleBenchmarkMetric>},
    {"go_benchmark", "the name of a benchmark", Of<metrics::GoBenchmarkMetric>},
    {"bench_line", "a key of the line that a run prints", Of<metrics::BenchLineMetric>},
};

void ReadExtraction(Fields& section, MetricSpec& metric) {
  std::vector<std::string_view> found;
  for (const Extraction& extraction : kExtractions) {
    if (section.KindOf(extraction.key) == yaml::Node::Kind::kNull) continue;
    std::string argument;
    section.OptionalText(extraction.key, extraction.expected, argument);
    if (!argument.empty()) metric.source = extraction.source(argument);  // otherwise noted
    found.push_back(extraction.key);
  }
  if (found.size() > 1)
    return section.Note(found[1], fmt::format("expected one source of the number; found '{}' too", found[0]));
  if (record::IsBuiltInMetric(metric.name)) {
    if (!found.empty())
      section.Note(found[0], fmt::format("'{}' is a built-in metric, which no output says", metric.name));
    if (section.KindOf("from") != yaml::Node::Kind::kNull)
      section.Note("from", "expected with a metric of an output only");
    return;
  }
  if (found.empty()) {
    std::vector<std::string_view> keys;
    for (const Extraction& extraction : kExtractions) keys.push_back(extraction.key);
    return section.Note("", fmt::format("no built-in metric; expected {} in it{}", yaml::Alternatives(keys),
                                        yaml::DidYouMean(metric.name, record::BuiltInMetrics())));
  }
  if (!metric.source) return;
  if (const Status checked = metrics::CheckSource(*metric.source); !checked) {
    const Error& error = checked.error();
    section.Note(found[0], error.hint.empty() ? error.message : error.message + "; " + error.hint);
  }
}

MetricSpec ReadMetric(Fields section, const std::string& name) {
  MetricSpec metric{.name = name};
  ReadExtraction(section, metric);
  constexpr std::string_view directions[] = {"lower", "higher"};
  size_t direction = 0;
  section.Choice("direction", directions, direction);
  metric.higher_is_better = direction == 1;
  section.Flag("primary", metric.primary);
  section.OptionalText("unit", "a unit", metric.unit);
  section.OptionalText("from", "stdout, stderr or the path of a file", metric.from);
  if (metric.source && metric.unit.empty()) metric.unit = metrics::UnitOf(*metric.source);
  std::string threshold;
  section.OptionalText("threshold", "a percentage, as 1.5%", threshold);
  if (!threshold.empty()) {
    metric.threshold = ParsePercent(threshold);
    if (!metric.threshold) section.Note("threshold", "expected a percentage above 0%, up to 100%, as 1.5%");
  }
  section.Finish();
  return metric;
}

}  // namespace

std::vector<MetricSpec> ReadMetrics(Fields section) {
  std::vector<MetricSpec> metrics;
  const auto is_primary = [](const MetricSpec& metric) { return metric.primary; };
  for (const std::string& name : section.Keys()) {
    MetricSpec metric = ReadMetric(section.Section(name, /*required=*/false), name);
    const auto other = std::find_if(metrics.begin(), metrics.end(), is_primary);
    if (metric.primary && other != metrics.end()) {
      section.Note(name, fmt::format("expected one primary metric, and '{}' is it already", other->name));
    }
    metrics.push_back(std::move(metric));
  }
  section.Finish();
  if (std::any_of(metrics.begin(), metrics.end(), is_primary)) return metrics;
  const auto wall = std::find_if(metrics.begin(), metrics.end(), [](auto& metric) { return metric.name == "wall"; });
  MetricSpec primary = wall == metrics.end() ? MetricSpec{.name = "wall"} : *wall;
  primary.primary = true;
  if (wall != metrics.end()) metrics.erase(wall);
  metrics.insert(metrics.begin(), std::move(primary));
  return metrics;
}

}  // namespace rapidbyte::scenario
