// What other tools print: each metric is found or its absence told, and a table's series fit its rows.
#include <string_view>

#include "base/check.h"
#include "metrics/foreign_table.h"
#include "metrics/metric_source.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte::metrics;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto format = DetectFormat(text);
  if (const auto table = ReadForeignTable(text, "input")) {
    RB_CHECK(format.has_value());
    for (const ForeignSeries& series : table->series) RB_CHECK(series.values.size() == series.rows.size());
    RB_CHECK(OrderByTime(table->rows).size() == table->rows.size());
  } else {
    RB_CHECK(!table.error().message.empty());
  }
  const MetricSource sources[] = {BenchLineMetric{"a.b[-1]"}, JsonMetric{"$.benchmarks[0].name"},
                                  RegexMetric{"([0-9.]+)"}, GoogleBenchmarkMetric{"BM_A"}, GoBenchmarkMetric{"X/a=b"}};
  for (const MetricSource& source : sources) {
    const auto value = Extract(source, text);
    RB_CHECK(value || !value.error().message.empty());
  }
  const std::string path(text.substr(0, 1000));
  static_cast<void>(CheckSource(JsonMetric{path}));
  static_cast<void>(CheckSource(RegexMetric{path}));
  return 0;
}
