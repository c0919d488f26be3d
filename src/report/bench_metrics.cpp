#include "report/bench_metrics.h"

#include <array>
#include <cmath>

#include "abi/abi.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

constexpr double kNano = 1e-9;
constexpr double kMilli = 1e-3;
constexpr double kMega = 1e6;

std::vector<Metric> MakeTableMetrics() {
  const auto secs = Quantity::kSeconds;
  return {
      {"wall_secs", "Whole", "process wall", secs},
      {"duration_secs", "Whole", "run itself", secs},
      {"source_duration_secs", "Source", "total", secs},
      {"source_module_load_ms", "Source", "module load", secs, kMilli},
      {"source_vm_setup_secs", "Source", "vm setup", secs},
      {"source_connect_secs", "Source", "connect", secs},
      {"source_query_secs", "Source", "query", secs},
      {"source_fetch_secs", "Source", "fetch", secs},
      {"source_arrow_encode_secs", "Source", "encode (guest)", secs},
      {"source_emit_nanos", "Source", "emit", secs, kNano},
      {"source_compress_nanos", "Source", "  compress", secs, kNano},
      {"source_emit_wait_nanos", "Source", "  wait", secs, kNano},
      {"source_unattributed_secs", "Source", "unattributed", secs},
      {"dest_duration_secs", "Destination", "total", secs},
      {"dest_module_load_ms", "Destination", "module load", secs, kMilli},
      {"dest_vm_setup_secs", "Destination", "vm setup", secs},
      {"dest_connect_secs", "Destination", "connect", secs},
      {"dest_phase_prepare_secs", "Destination", "prepare", secs},
      {"dest_recv_nanos", "Destination", "recv", secs, kNano},
      {"dest_decompress_nanos", "Destination", "  decompress", secs, kNano},
      {"dest_recv_wait_nanos", "Destination", "  wait", secs, kNano},
      {"dest_arrow_decode_secs", "Destination", "decode (guest)", secs},
      {"dest_flush_secs", "Destination", "flush", secs},
      {"dest_commit_secs", "Destination", "commit", secs},
      {"dest_unattributed_secs", "Destination", "unattributed", secs},
      {"user_secs", "Process", "CPU, user", secs},
      {"system_secs", "Process", "CPU, system", secs},
      {"max_rss_bytes", "Process", "peak memory", Quantity::kBytes},
      {"rows_per_sec", "Throughput", "rows", Quantity::kRowsPerSecond},
      {"mb_per_sec", "Throughput", "bytes", Quantity::kBytesPerSecond, kMega},
  };
}

HostFunctionMetrics MakeHostFunction(const std::string& side, const std::string& function) {
  const std::string at = "host_functions/" + side + "/" + function + "/";
  const std::string group = side + " " + function;
  const auto secs = Quantity::kSeconds;
  return {side,
          function,
          {{at + "count", group, "count", Quantity::kCount},
           {at + "total_nanos", group, "total", secs, kNano},
           {at + "work_nanos", group, "work", secs, kNano},
           {at + "wait_nanos", group, "wait", secs, kNano},
           {at + "stall_nanos", group, "stall", secs, kNano},
           {at + "max_nanos", group, "max", secs, kNano}}};
}

// What the operating system measured stands in the sample itself; all else in the program's own line.
std::optional<double> MeasuredValue(const std::string& key, const record::Sample& sample) {
  if (key == "wall_secs") return sample.wall_secs;
  if (key == "user_secs") return sample.user_secs;
  if (key == "system_secs") return sample.system_secs;
  if (key == "max_rss_bytes") return static_cast<double>(sample.max_rss_bytes);
  return std::nullopt;
}

// Nested keys one by one, without exceptions: the line comes from another process.
const json* Find(const json& document, std::string_view key) {
  const size_t end = key.find('/');
  const auto entry = document.is_object() ? document.find(std::string(key.substr(0, end))) : document.end();
  if (!document.is_object() || entry == document.end()) return nullptr;
  return end == std::string_view::npos ? &*entry : Find(*entry, key.substr(end + 1));
}

bool AnyHas(std::span<const record::Sample> samples, const std::string& key) {
  for (const record::Sample& sample : samples) {
    if (Find(sample.run, key) != nullptr) return true;
  }
  return false;
}

}  // namespace

std::string_view UnitName(Quantity quantity) {
  constexpr std::array<std::string_view, 5> names = {"s", "bytes", "count", "rows/s", "bytes/s"};
  return names[static_cast<size_t>(quantity)];
}

std::span<const Metric> TableMetrics() {
  static const std::vector<Metric> metrics = MakeTableMetrics();
  return metrics;
}

std::vector<HostFunctionMetrics> HostFunctionsOf(std::span<const record::Sample> samples) {
  std::vector<HostFunctionMetrics> functions;
  for (const std::string side : {"source", "destination"}) {
    for (const std::string_view name : abi::kHostFunctionNames) {
      HostFunctionMetrics function = MakeHostFunction(side, std::string(name));
      if (AnyHas(samples, function.metrics.front().key)) functions.push_back(std::move(function));
    }
  }
  return functions;
}

std::optional<double> ValueOf(const Metric& metric, const record::Sample& sample) {
  std::optional<double> value = MeasuredValue(metric.key, sample);
  if (!value) {
    const json* entry = Find(sample.run, metric.key);
    if (entry == nullptr || !entry->is_number()) return std::nullopt;
    value = entry->get<double>() * metric.scale;
  }
  if (!std::isfinite(*value)) return std::nullopt;
  return value;
}

}  // namespace rapidbyte::report
