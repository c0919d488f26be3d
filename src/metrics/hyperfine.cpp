#include "metrics/hyperfine.h"

#include <fmt/format.h>

#include "base/json.h"
#include "metrics/json_path.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

std::map<std::string, std::string> CellOf(const json& result) {
  std::map<std::string, std::string> cell = {{"command", result["command"].get<std::string>()}};
  const auto parameters = result.find("parameters");
  if (parameters == result.end() || !parameters->is_object()) return cell;
  for (const auto& item : parameters->items()) {
    cell[item.key()] = item.value().is_string() ? item.value().get<std::string>() : DumpJson(item.value());
  }
  return cell;
}

// The numbers of a key that holds an array or one number; none where it is missing or null.
Result<std::vector<double>> NumbersAt(const json& result, const char* key, std::string_view name) {
  std::vector<double> numbers;
  const auto found = result.find(key);
  if (found == result.end() || found->is_null()) return numbers;
  const json values = found->is_array() ? *found : json::array({*found});
  for (const json& value : values) {
    RB_ASSIGN(const double number,
              NumberAt(value, fmt::format("{}: '{}' of '{}'", name, key, result["command"].get<std::string>())));
    numbers.push_back(number);
  }
  return numbers;
}

struct Metric {
  const char* key;
  const char* metric;
  const char* unit;
};

}  // namespace

bool LooksLikeHyperfine(const json& document) {
  if (!document.is_object()) return false;
  const auto results = document.find("results");
  if (results == document.end() || !results->is_array()) return false;
  for (const json& result : *results) {
    if (!result.is_object() || !result.contains("command") || !result["command"].is_string()) return false;
  }
  return true;
}

Result<ForeignTable> ReadHyperfine(const json& document, std::string_view name) {
  ForeignTable table;
  table.format = ForeignFormat::kHyperfine;
  for (const json& result : document["results"]) {
    const size_t first_row = table.rows.size();
    const char* wall = result.contains("times") && result["times"].is_array() ? "times" : "mean";
    for (const Metric& metric : {Metric{wall, "wall", "s"}, Metric{"user", "user", "s"},
                                 Metric{"system", "system", "s"}, Metric{"memory_usage_byte", "max_rss", "B"}}) {
      ForeignSeries series{CellOf(result), metric.metric, metric.unit, true, {}, {}};
      RB_ASSIGN(series.values, NumbersAt(result, metric.key, name));
      for (size_t i = 0; i < series.values.size(); ++i) series.rows.push_back(first_row + i);
      if (table.rows.size() < first_row + series.values.size()) table.rows.resize(first_row + series.values.size());
      if (!series.values.empty()) table.series.push_back(std::move(series));
    }
  }
  return table;
}

}  // namespace rapidbyte::metrics
