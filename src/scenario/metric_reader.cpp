#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <regex>

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
  MetricSpec::Kind kind;
};

constexpr Extraction kExtractions[] = {
    {"json", "a path into the output, as $.rows_per_sec", MetricSpec::Kind::kJson},
    {"regex", "a regular expression with one group, the number", MetricSpec::Kind::kRegex},
    {"google_benchmark", "the name of a benchmark", MetricSpec::Kind::kGoogleBenchmark},
    {"go_benchmark", "the name of a benchmark", MetricSpec::Kind::kGoBenchmark},
    {"bench_line", "a key of the line that a run prints", MetricSpec::Kind::kBenchLine},
};

// $ and then any number of .name and [0].
bool IsJsonPath(const std::string& path) {
  static const std::regex form(R"(\$(\.[^.\[\]]+|\[[0-9]{1,9}\])+)");
  return path.size() < 1000 && std::regex_match(path, form);
}

std::string WhyNoPattern(const std::string& pattern) {
  try {
    const size_t groups = std::regex(pattern, std::regex::ECMAScript).mark_count();
    return groups == 1 ? "" : fmt::format("expected one group ( ), the number, found {}", groups);
  } catch (const std::regex_error&) {
    return "expected a regular expression (ECMAScript), found one that does not compile";
  }
}

void ReadExtraction(Fields& section, MetricSpec& metric) {
  std::vector<std::string_view> found;
  for (const Extraction& extraction : kExtractions) {
    if (section.KindOf(extraction.key) == yaml::Node::Kind::kNull) continue;
    section.OptionalText(extraction.key, extraction.expected, metric.argument);
    metric.kind = extraction.kind;
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
  if (metric.argument.empty()) return;  // noted
  if (metric.kind == MetricSpec::Kind::kJson && !IsJsonPath(metric.argument)) {
    section.Note("json", "expected a path, as $.rows_per_sec or $.results[0].mean");
  } else if (metric.kind == MetricSpec::Kind::kRegex) {
    if (const std::string why = WhyNoPattern(metric.argument); !why.empty()) section.Note("regex", why);
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
  const bool is_benchmark =
      metric.kind == MetricSpec::Kind::kGoogleBenchmark || metric.kind == MetricSpec::Kind::kGoBenchmark;
  if (is_benchmark && metric.unit.empty()) metric.unit = std::string("s");  // both are read in seconds
  std::string threshold;
  section.OptionalText("threshold", "a percentage, as 1.5%", threshold);
  if (!threshold.empty()) {
    metric.threshold = ParsePercent(threshold);
    if (!metric.threshold) section.Note("threshold", "expected a percentage from 0% to 100%, as 1.5%");
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
