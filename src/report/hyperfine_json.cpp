#include "report/hyperfine_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "report/csv.h"

namespace rapidbyte::report {
namespace {

using nlohmann::ordered_json;

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Of the sample: divided by n - 1.
std::optional<double> Deviation(const std::vector<double>& values, double mean) {
  if (values.size() < 2) return std::nullopt;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::vector<double> ValuesOf(const CommandNumbers& numbers, const char* metric) {
  std::vector<double> values;
  for (const record::Sample* run : numbers.runs) values.push_back(record::MetricOf(*run, metric).value_or(0));
  return values;
}

ordered_json ResultOf(const CommandNumbers& numbers) {
  const HyperfineNumbers n = HyperfineNumbersOf(numbers);
  ordered_json result;
  result["command"] = numbers.command.name;
  result["mean"] = n.mean;
  result["stddev"] = n.stddev ? ordered_json(*n.stddev) : ordered_json(nullptr);
  result["median"] = n.median;
  result["user"] = n.user;
  result["system"] = n.system;
  result["min"] = n.min;
  result["max"] = n.max;
  for (const record::Sample* run : numbers.runs) {
    result["times"].push_back(run->wall_secs);
    result["memory_usage_byte"].push_back(run->max_rss_bytes);
    result["exit_codes"].push_back(run->exit_code);
  }
  for (const auto& [name, value] : numbers.command.parameters) result["parameters"][name] = value;
  return result;
}

}  // namespace

HyperfineNumbers HyperfineNumbersOf(const CommandNumbers& numbers) {
  const std::vector<double> walls = ValuesOf(numbers, "wall");
  const stats::Summary wall = stats::Summarize(walls);
  const double mean = Mean(walls);
  return {mean,
          Deviation(walls, mean),
          wall.median,
          Mean(ValuesOf(numbers, "user")),
          Mean(ValuesOf(numbers, "system")),
          wall.min,
          wall.max};
}

std::string HyperfineJson(const CommandAnalysis& analysis) {
  ordered_json document;
  document["results"] = ordered_json::array();
  for (const CommandNumbers& numbers : analysis.commands) {
    if (!numbers.runs.empty()) document["results"].push_back(ResultOf(numbers));
  }
  return DumpJson(document, 2) + "\n";
}

std::string HyperfineCsv(const CommandAnalysis& analysis) {
  std::set<std::string> parameters;
  for (const CommandNumbers& numbers : analysis.commands) {
    for (const auto& [name, value] : numbers.command.parameters) parameters.insert(name);
  }
  std::vector<std::string> header = {"command", "mean", "stddev", "median", "user", "system", "min", "max"};
  for (const std::string& name : parameters) header.push_back("parameter_" + name);
  std::string text = CsvLine(header);
  for (const CommandNumbers& numbers : analysis.commands) {
    if (numbers.runs.empty()) continue;
    const HyperfineNumbers n = HyperfineNumbersOf(numbers);
    std::vector<std::string> fields = {numbers.command.name, fmt::format("{}", n.mean)};
    fields.push_back(n.stddev ? fmt::format("{}", *n.stddev) : "");
    for (const double value : {n.median, n.user, n.system, n.min, n.max}) fields.push_back(fmt::format("{}", value));
    for (const std::string& name : parameters) fields.push_back(record::ParameterOf(numbers.command.parameters, name));
    text += CsvLine(fields);
  }
  return text;
}

}  // namespace rapidbyte::report
