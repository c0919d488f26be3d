#include "cli/bench_cmd_metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/campaign_rules.h"
#include "cli/command.h"
#include "metrics/metric_source.h"
#include "record/sample.h"
#include "scenario/axis_values.h"

namespace rapidbyte::cli {
namespace {

constexpr std::string_view kKinds[] = {"json", "regex", "bench_line", "google_benchmark", "go_benchmark"};

Result<metrics::MetricSource> ParseSource(const std::string& kind, const std::string& argument) {
  if (kind == "json") return metrics::JsonMetric{argument};
  if (kind == "regex") return metrics::RegexMetric{argument};
  if (kind == "bench_line") return metrics::BenchLineMetric{argument};
  if (kind == "google_benchmark") return metrics::GoogleBenchmarkMetric{argument};
  if (kind == "go_benchmark") return metrics::GoBenchmarkMetric{argument};
  return Fail(ErrorCode::kUsage, fmt::format("--metric: there is no kind of metric \"{}\"", kind),
              DidYouMean(kind, kKinds));
}

Result<lab::OutputMetric> ParseMetric(const std::string& text) {
  const auto cut = scenario::CutAtEquals(text);
  const size_t colon = cut ? cut->value.find(':') : std::string::npos;
  if (colon == std::string::npos || colon + 1 == cut->value.size()) {
    return Fail(ErrorCode::kUsage, fmt::format("--metric {}: expected NAME=KIND:ARGUMENT", text),
                "for example --metric 'ops=regex:([0-9.]+) ops/s' or --metric p99=json:$.latency.p99");
  }
  if (record::IsBuiltInMetric(cut->key)) {
    return Fail(ErrorCode::kUsage, fmt::format("--metric {}: every command has a metric {}", text, cut->key),
                "give it another name");
  }
  RB_ASSIGN(auto source, ParseSource(cut->value.substr(0, colon), cut->value.substr(colon + 1)));
  return lab::OutputMetric{cut->key, std::move(source)};
}

analysis::MetricRule RuleOf(const lab::OutputMetric& metric) {
  analysis::MetricRule rule;
  rule.name = metric.name;
  rule.unit = metrics::UnitOf(metric.source);
  if (!metrics::LowerIsBetter(rule.name, rule.unit)) rule.direction = stats::Direction::kHigherIsBetter;
  return rule;
}

Result<analysis::MetricRule> PrimaryRule(const std::vector<analysis::MetricRule>& rules, const std::string& name) {
  for (const analysis::MetricRule& rule : rules) {
    if (rule.name == name) return rule;
  }
  if (record::IsBuiltInMetric(name)) {
    analysis::MetricRule rule;
    rule.name = name;
    rule.unit = analysis::UnitOfMetric(name);
    return rule;
  }
  std::vector<std::string_view> names(record::BuiltInMetrics().begin(), record::BuiltInMetrics().end());
  for (const analysis::MetricRule& rule : rules) names.push_back(rule.name);
  return Fail(ErrorCode::kUsage, fmt::format("--primary: there is no metric \"{}\"", name), DidYouMean(name, names));
}

}  // namespace

Result<CommandMetrics> ParseCommandMetrics(const std::vector<std::string>& metrics, const std::string& primary) {
  CommandMetrics result;
  for (const std::string& text : metrics) {
    RB_ASSIGN(lab::OutputMetric metric, ParseMetric(text));
    for (const lab::OutputMetric& other : result.read) {
      if (other.name == metric.name) {
        return Fail(ErrorCode::kUsage, fmt::format("--metric: two metrics are named \"{}\"", metric.name));
      }
    }
    if (const Status checked = metrics::CheckSource(metric.source); !checked) {
      return Context(fmt::format("metric '{}'", metric.name), checked.error());
    }
    result.rules.push_back(RuleOf(metric));
    result.read.push_back(std::move(metric));
  }
  RB_ASSIGN(result.primary, PrimaryRule(result.rules, primary));
  return result;
}

}  // namespace rapidbyte::cli
